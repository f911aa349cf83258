"""BERT and DistilBERT in plain PyTorch with Hugging Face's parameter names: the peer of `npm run bench -- --vs-torch`."""
import math
import torch
from torch import nn
import torch.nn.functional as F


class Cfg:
    def __init__(self, vocab_size=32000, hidden=768, layers=6, heads=12, ffn=3072, max_pos=512, type_vocab=2,
                 dropout=0.1, attn_dropout=0.1, seq_cls_dropout=0.2, num_labels=9, eps=1e-12, init_range=0.02, attn="eager"):
        self.__dict__.update(locals()); del self.__dict__["self"]


def attention(q, k, v, mask, heads, p, training, mode, distil):
    B, S, D = q.shape
    hd = D // heads
    q, k, v = (t.view(B, -1, heads, hd).transpose(1, 2) for t in (q, k, v))
    if mode == "sdpa":
        m = None if mask is None else mask[:, None, None, :].bool()
        o = F.scaled_dot_product_attention(q, k, v, attn_mask=m, dropout_p=p if training else 0.0)
    else:
        if distil:                                   # DistilBERT: scale q, masked_fill with finfo.min
            s = torch.matmul(q / math.sqrt(hd), k.transpose(2, 3))
            if mask is not None:
                s = s.masked_fill((mask == 0).view(B, 1, 1, -1).expand_as(s), torch.finfo(s.dtype).min)
        else:                                        # BERT: scale scores, additive finfo.min
            s = torch.matmul(q, k.transpose(-1, -2)) / math.sqrt(hd)
            if mask is not None:
                s = s + (1.0 - mask[:, None, None, :].to(s.dtype)) * torch.finfo(s.dtype).min
        w = F.dropout(F.softmax(s, dim=-1), p, training)
        o = torch.matmul(w, v)
    return o.transpose(1, 2).contiguous().view(B, -1, D)


def init_weights(model, r):
    for m in model.modules():
        if isinstance(m, nn.Linear):
            m.weight.data.normal_(0, r)
            if m.bias is not None: m.bias.data.zero_()
        elif isinstance(m, nn.Embedding):
            m.weight.data.normal_(0, r)
            if m.padding_idx is not None: m.weight.data[m.padding_idx].zero_()


# ---------------------------------------------------------------- DistilBERT
class DEmb(nn.Module):
    def __init__(s, c):
        super().__init__()
        s.word_embeddings = nn.Embedding(c.vocab_size, c.hidden, padding_idx=0)
        s.position_embeddings = nn.Embedding(c.max_pos, c.hidden)
        s.LayerNorm = nn.LayerNorm(c.hidden, eps=1e-12); s.p = c.dropout
    def forward(s, ids):
        x = s.word_embeddings(ids) + s.position_embeddings(torch.arange(ids.size(1), device=ids.device))[None]
        return F.dropout(s.LayerNorm(x), s.p, s.training)

class DAttn(nn.Module):
    def __init__(s, c):
        super().__init__(); s.c = c
        for n in ("q_lin", "k_lin", "v_lin", "out_lin"): setattr(s, n, nn.Linear(c.hidden, c.hidden))
    def forward(s, x, mask):
        return s.out_lin(attention(s.q_lin(x), s.k_lin(x), s.v_lin(x), mask, s.c.heads, s.c.attn_dropout, s.training, s.c.attn, True))

class DFfn(nn.Module):
    def __init__(s, c):
        super().__init__(); s.lin1 = nn.Linear(c.hidden, c.ffn); s.lin2 = nn.Linear(c.ffn, c.hidden); s.p = c.dropout
    def forward(s, x): return F.dropout(s.lin2(F.gelu(s.lin1(x))), s.p, s.training)

class DLayer(nn.Module):
    def __init__(s, c):
        super().__init__()
        s.attention = DAttn(c); s.sa_layer_norm = nn.LayerNorm(c.hidden, eps=1e-12)
        s.ffn = DFfn(c); s.output_layer_norm = nn.LayerNorm(c.hidden, eps=1e-12)
    def forward(s, x, mask):
        x = s.sa_layer_norm(s.attention(x, mask) + x)
        return s.output_layer_norm(s.ffn(x) + x)

class DTrans(nn.Module):
    def __init__(s, c): super().__init__(); s.layer = nn.ModuleList([DLayer(c) for _ in range(c.layers)])

class DBase(nn.Module):
    def __init__(s, c): super().__init__(); s.embeddings = DEmb(c); s.transformer = DTrans(c)
    def forward(s, ids, mask):
        h = [s.embeddings(ids)]
        for l in s.transformer.layer: h.append(l(h[-1], mask))
        return h

class DistilMLM(nn.Module):
    def __init__(s, c):
        super().__init__()
        s.distilbert = DBase(c); s.vocab_transform = nn.Linear(c.hidden, c.hidden)
        s.vocab_layer_norm = nn.LayerNorm(c.hidden, eps=1e-12); s.vocab_projector = nn.Linear(c.hidden, c.vocab_size)
        init_weights(s, c.init_range); s.vocab_projector.weight = s.distilbert.embeddings.word_embeddings.weight
    def forward(s, ids, mask=None):
        h = s.distilbert(ids, mask)
        return s.vocab_projector(s.vocab_layer_norm(F.gelu(s.vocab_transform(h[-1])))), h

class DistilCls(nn.Module):
    def __init__(s, c):
        super().__init__()
        s.distilbert = DBase(c); s.pre_classifier = nn.Linear(c.hidden, c.hidden)
        s.classifier = nn.Linear(c.hidden, c.num_labels); s.p = c.seq_cls_dropout
        init_weights(s, c.init_range)
    def forward(s, ids, mask=None):
        x = F.relu(s.pre_classifier(s.distilbert(ids, mask)[-1][:, 0]))
        return s.classifier(F.dropout(x, s.p, s.training))


# ---------------------------------------------------------------- BERT (masked LM)
class _M(nn.Module): pass

class BertMLM(nn.Module):
    def __init__(s, c):
        super().__init__(); s.c = c
        H = c.hidden
        s.bert = _M(); e = s.bert.embeddings = _M()
        e.word_embeddings = nn.Embedding(c.vocab_size, H, padding_idx=0)
        e.position_embeddings = nn.Embedding(c.max_pos, H); e.token_type_embeddings = nn.Embedding(c.type_vocab, H)
        e.LayerNorm = nn.LayerNorm(H, eps=c.eps)
        s.bert.encoder = _M(); s.bert.encoder.layer = nn.ModuleList()
        for _ in range(c.layers):
            l = _M(); l.attention = _M(); a = l.attention.self = _M()
            a.query, a.key, a.value = nn.Linear(H, H), nn.Linear(H, H), nn.Linear(H, H)
            l.attention.output = _M(); l.attention.output.dense = nn.Linear(H, H); l.attention.output.LayerNorm = nn.LayerNorm(H, eps=c.eps)
            l.intermediate = _M(); l.intermediate.dense = nn.Linear(H, c.ffn)
            l.output = _M(); l.output.dense = nn.Linear(c.ffn, H); l.output.LayerNorm = nn.LayerNorm(H, eps=c.eps)
            s.bert.encoder.layer.append(l)
        s.cls = _M(); p = s.cls.predictions = _M(); p.bias = nn.Parameter(torch.zeros(c.vocab_size))
        p.transform = _M(); p.transform.dense = nn.Linear(H, H); p.transform.LayerNorm = nn.LayerNorm(H, eps=c.eps)
        init_weights(s, c.init_range)
    def forward(s, ids, mask=None):
        c, e, tr = s.c, s.bert.embeddings, s.training
        x = e.word_embeddings(ids) + e.token_type_embeddings.weight[0] + e.position_embeddings(torch.arange(ids.size(1), device=ids.device))[None]
        h = [F.dropout(e.LayerNorm(x), c.dropout, tr)]
        for l in s.bert.encoder.layer:
            x = h[-1]; a = l.attention.self
            y = attention(a.query(x), a.key(x), a.value(x), mask, c.heads, c.attn_dropout, tr, c.attn, False)
            x = l.attention.output.LayerNorm(F.dropout(l.attention.output.dense(y), c.dropout, tr) + x)
            y = l.output.dense(F.gelu(l.intermediate.dense(x)))
            h.append(l.output.LayerNorm(F.dropout(y, c.dropout, tr) + x))
        p = s.cls.predictions
        t = p.transform.LayerNorm(F.gelu(p.transform.dense(h[-1])))
        return F.linear(t, e.word_embeddings.weight, p.bias), h
