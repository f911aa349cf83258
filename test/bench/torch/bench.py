"""Times a DistilBERT fine-tuning step, optimiser steps of a distillation as Hugging Face's distiller computes and batches them, or
inference, in PyTorch. One mode a process, so that the peak memory is the mode's own. The last line printed is one JSON object."""
import argparse, json, math, os, resource, statistics, time

parser = argparse.ArgumentParser()
parser.add_argument("--mode", choices=["finetune", "distill", "infer"], required=True)
for name, value in [("threads", 2), ("layers", 6), ("teacher-layers", 12), ("hidden", 768), ("heads", 12), ("ffn", 3072),
                    ("vocab", 32000), ("batch", 32), ("seq", 128), ("steps", 5), ("warmup", 2),
                    ("accumulation", 50)]:
    parser.add_argument(f"--{name}", type=int, default=value)
parser.add_argument("--micro-batches")
a = parser.parse_args()
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = str(a.threads)
import torch
from torch import nn
import torch.nn.functional as F
import models

torch.set_num_threads(a.threads)
torch.manual_seed(0)


def config(layers):
    return models.Cfg(vocab_size=a.vocab, hidden=a.hidden, layers=layers, heads=a.heads, ffn=a.ffn)


def adamw(model, lr, betas, eps):
    return torch.optim.AdamW(model.parameters(), lr=lr, betas=betas, eps=eps, weight_decay=0.0)


generator = torch.Generator().manual_seed(1)
ids = torch.randint(5, a.vocab, (a.batch, a.seq), generator=generator)
ids[:, 0] = 2
ids[:, -1] = 3
phase = {}


def mark(name, since):
    now = time.perf_counter()
    phase[name] = phase.get(name, 0) + now - since
    return now


if a.mode == "distill":
    student, teacher = models.DistilMLM(config(a.layers)).train(), models.BertMLM(config(a.teacher_layers)).eval()
    optimizer = adamw(student, 5e-4, (0.9, 0.98), 1e-6)
    with open(a.micro_batches) as lines:
        micro_batches = [json.loads(line) for line in lines]
    kl, ce, cosine = nn.KLDivLoss(reduction="batchmean"), nn.CrossEntropyLoss(ignore_index=-100), nn.CosineEmbeddingLoss()
    temperature = 2.0

    def micro_batch(sequences, share):
        t = time.perf_counter()
        lengths = torch.tensor([len(each) for each in sequences])
        ids = torch.zeros(len(sequences), int(lengths.max()), dtype=torch.long)
        for row, each in enumerate(sequences):
            ids[row, :len(each)] = torch.tensor(each)
        mask = torch.arange(ids.size(1)) < lengths[:, None]
        weights = (mask & (ids > 4)).float().flatten()
        chosen = torch.multinomial(weights, math.ceil(0.15 * int(lengths.sum())), generator=generator)
        labels = torch.full_like(ids, -100).flatten()
        labels[chosen] = ids.flatten()[chosen]
        labels = labels.view_as(ids)
        inputs = torch.where(labels >= 0, torch.full_like(ids, 4), ids)
        t = mark("data", t)
        s_logits, s_hidden = student(inputs, mask)
        t = mark("student_forward", t)
        with torch.no_grad():
            t_logits, t_hidden = teacher(inputs, mask)
        t = mark("teacher_forward", t)
        chosen = mask.unsqueeze(-1).expand_as(s_logits)
        s = torch.masked_select(s_logits, chosen).view(-1, s_logits.size(-1))
        r = torch.masked_select(t_logits, chosen).view(-1, s_logits.size(-1))
        loss = 5.0 * kl(F.log_softmax(s / temperature, -1), F.softmax(r / temperature, -1)) * temperature ** 2
        loss = loss + 2.0 * ce(s_logits.view(-1, s_logits.size(-1)), labels.view(-1))
        chosen = mask.unsqueeze(-1).expand_as(s_hidden[-1])
        width = s_hidden[-1].size(-1)
        hs = torch.masked_select(s_hidden[-1], chosen).view(-1, width)
        ht = torch.masked_select(t_hidden[-1], chosen).view(-1, width)
        loss = loss + 1.0 * cosine(hs, ht, hs.new_ones(hs.size(0)))
        loss.item()
        t = mark("losses", t)
        (loss * share).backward()
        mark("backward", t)
        return int(lengths.sum())

    def optimizer_step(part):
        tokens = sum(micro_batch(sequences, 1 / len(part)) for sequences in part)
        t = time.perf_counter()
        nn.utils.clip_grad_norm_(student.parameters(), 5.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        mark("clip_adamw", t)
        return tokens
else:
    model = models.DistilCls(config(a.layers))
    mask = torch.ones(a.batch, a.seq, dtype=torch.long)
    target = torch.randint(0, 9, (a.batch,), generator=generator)
    if a.mode == "finetune":
        model.train()
        optimizer = adamw(model, 2e-5, (0.9, 0.999), 1e-8)

        def step():
            t = time.perf_counter()
            loss = F.cross_entropy(model(ids, mask), target)
            loss.item()
            t = mark("forward", t)
            loss.backward()
            t = mark("backward", t)
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            mark("clip_adamw", t)
    else:
        model.eval()

        def step():
            with torch.inference_mode():
                float(model(ids, mask)[0, 0])

peak = lambda: round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
if a.mode == "distill":
    optimizer_step(micro_batches[:a.warmup])
    phase, tokens = {}, 0
    c, t = time.process_time(), time.perf_counter()
    for i in range(a.steps):
        start = a.warmup + i * a.accumulation
        tokens += optimizer_step(micro_batches[start:start + a.accumulation])
    wall, cpu = time.perf_counter() - t, time.process_time() - c
    print(json.dumps({
        "mode": a.mode, "impl": "pytorch", "torch": torch.__version__, "threads": torch.get_num_threads(), "steps": a.steps,
        "accumulation": a.accumulation, "tokens": tokens, "tokens_per_s": round(tokens / wall, 2),
        "tokens_per_cpu_s": round(tokens / cpu, 2), "data_share": round(phase["data"] / wall, 5),
        "phases": {k: round(v, 3) for k, v in phase.items()}, "peak_rss_MiB": peak(),
    }))
    raise SystemExit

walls, cpus, phases = [], [], []
for i in range(a.warmup + a.steps):
    phase = {}
    c, t = time.process_time(), time.perf_counter()
    step()
    if i >= a.warmup:
        walls.append(time.perf_counter() - t)
        cpus.append(time.process_time() - c)
        phases.append(phase)
median = statistics.median
print(json.dumps({
    "mode": a.mode, "impl": "pytorch", "torch": torch.__version__, "threads": torch.get_num_threads(), "layers": a.layers,
    "hidden": a.hidden, "vocab": a.vocab, "batch": a.batch, "seq": a.seq, "n": len(walls),
    "median_s": round(median(walls), 5), "min_s": round(min(walls), 5), "max_s": round(max(walls), 5),
    "cpu_s_median": round(median(cpus), 4), "seqs_per_s": round(a.batch / median(walls), 2),
    "phases_median": {k: round(median([p[k] for p in phases]), 4) for k in phases[0]},
    "peak_rss_MiB": peak(),
}))
