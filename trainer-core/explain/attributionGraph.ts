/** The graph that says what each piece of a text adds to a classifier's logits, on the way from one text's embeddings to another's. */
import { gradients } from '../autodiff/gradients.js';
import { add, mul, reshape, sub, sumAll } from '../graph/build.js';
import { product } from '../graph/dims.js';
import { Graph } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';
import type { ModelConfig } from '../models/config.js';
import { encoder } from '../models/encoder.js';
import { classifierLogits } from '../models/heads.js';

/**
 * Reads the embeddings b + f·(x - b): x those of `input_ids`, b those of `baseline_ids` int32 [B, S], f = `fractions` float32 [B, S],
 * a number for each piece. Outputs: `logits` [B, C], and `attributions` [B, S], the derivative of Σ logits · `logit_weights` [B, C] by
 * each fraction, which is gradient · (x - b) of the piece (gradient × input of Shrikumar et al. 2016, from a baseline). The embeddings
 * are what the first layer gets: the sum of the tables after its layer norm. Other inputs: those of `classificationGraph`.
 */
export function attributionGraph(config: ModelConfig): Graph {
  const graph = new Graph();
  const ctx = { g: graph, training: false };
  const fractions = graph.input('fractions', ['batch', 'sequence']);
  const { hidden, batch } = encoder(ctx, config, {
    firstTokenOnly: true,
    tokenTypes: true,
    embedded(ids, embed) {
      const baseline = embed(graph.input('baseline_ids', ids.dims, 'int32'));
      const difference = sub(graph, embed(ids), baseline);
      return add(graph, baseline, mul(graph, reshape(graph, fractions, [product(ids.dims), 1]), difference));
    },
  });
  const logits = classifierLogits(ctx, config, hidden.at(-1) as Value);
  const weights = graph.input('logit_weights', [batch, config.labels.length]);
  const [attributions] = gradients(graph, sumAll(graph, mul(graph, logits, weights)), [fractions]);
  graph.output('logits', logits);
  graph.output('attributions', attributions as Value);
  return graph;
}
