"""Times a DistilBERT fine-tuning step, optimiser steps of a distillation as Hugging Face's distiller computes and batches them, inference,
or products of square matrices, in PyTorch. One mode a process, so that the peak memory is the mode's own. The last line printed is one
JSON object. With --block all timed steps are one block of time: nothing is read back in between, and on a GPU the queue never stalls."""
import argparse, contextlib, json, math, os, resource, statistics, time

parser = argparse.ArgumentParser()
parser.add_argument("--mode", choices=["finetune", "distill", "infer", "matmul"], required=True)
for name, value in [("threads", 2), ("layers", 6), ("teacher-layers", 12), ("hidden", 768), ("heads", 12), ("ffn", 3072),
                    ("vocab", 32000), ("batch", 32), ("seq", 128), ("steps", 5), ("warmup", 2),
                    ("accumulation", 50), ("size", 4096)]:
    parser.add_argument(f"--{name}", type=int, default=value)
parser.add_argument("--micro-batches")
parser.add_argument("--block", action="store_true")
parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
parser.add_argument("--tf32", action="store_true")
parser.add_argument("--amp", choices=["none", "bf16", "fp16"], default="none")
parser.add_argument("--attn", choices=["eager", "sdpa"], default="eager")
a = parser.parse_args()
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = str(a.threads)
import torch
from torch import nn
import torch.nn.functional as F
import models

torch.set_num_threads(a.threads)
torch.manual_seed(0)
device, on_gpu = torch.device(a.device), a.device == "cuda"
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = a.tf32
dtype = {"none": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}[a.amp]
if a.attn == "sdpa" and not hasattr(F, "scaled_dot_product_attention"):
    raise SystemExit(f"--attn sdpa needs PyTorch 2 or newer; this is {torch.__version__}")
# Gradients of half precision vanish without a scale; bfloat16 has float32's range.
scaled = {"enabled": on_gpu and a.amp == "fp16"}
scaler = torch.amp.GradScaler("cuda", **scaled) if hasattr(torch.amp, "GradScaler") else torch.cuda.amp.GradScaler(**scaled)


def amp():
    return contextlib.nullcontext() if a.amp == "none" else torch.autocast(a.device, dtype=dtype)


def sync():
    if on_gpu:
        torch.cuda.synchronize()


def config(layers):
    return models.Cfg(vocab_size=a.vocab, hidden=a.hidden, layers=layers, heads=a.heads, ffn=a.ffn, attn=a.attn)


def adamw(model, lr, betas, eps):
    # One kernel for all weights, where there is one: the fastest that PyTorch has.
    fused = {"fused": True} if on_gpu else {}
    return torch.optim.AdamW(model.parameters(), lr=lr, betas=betas, eps=eps, weight_decay=0.0, **fused)


def move_weights(model, optimizer, max_norm, set_to_none):
    scaler.unscale_(optimizer)
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    scaler.step(optimizer)
    scaler.update()
    optimizer.zero_grad(set_to_none=set_to_none)


def about():
    gpu = {"gpu": torch.cuda.get_device_name(0), "gpu_allocated_MiB": round(torch.cuda.max_memory_allocated() / 2**20, 1),
           "gpu_reserved_MiB": round(torch.cuda.max_memory_reserved() / 2**20, 1)} if on_gpu else {}
    return {"mode": a.mode, "impl": "pytorch", "torch": torch.__version__, "device": a.device, "tf32": a.tf32, "amp": a.amp,
            "attn": a.attn, "threads": torch.get_num_threads(), "peak_rss_MiB": peak(), **gpu}


def timed_block(run):
    """Seconds of a step, all steps being one block."""
    for i in range(a.warmup):
        run(i)
    sync()
    t = time.perf_counter()
    for i in range(a.steps):
        run(a.warmup + i)
    sync()
    return (time.perf_counter() - t) / a.steps


peak = lambda: round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
if a.mode == "matmul":
    x, y = (torch.randn(a.size, a.size, device=device).to(dtype) for _ in range(2))
    y = y / math.sqrt(a.size)
    chain = [x]

    def product(_):
        chain[0] = chain[0] @ y

    with torch.inference_mode():
        seconds = timed_block(product)
    print(json.dumps({**about(), "size": a.size, "tflops": 2 * a.size**3 / seconds / 1e12}))
    raise SystemExit

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
    student = models.DistilMLM(config(a.layers)).train().to(device)
    teacher = models.BertMLM(config(a.teacher_layers)).eval().to(device)
    optimizer = adamw(student, 5e-4, (0.9, 0.98), 1e-6)
    if a.micro_batches:
        with open(a.micro_batches) as lines:
            micro_batches = [json.loads(line) for line in lines]
    kl, ce, cosine = nn.KLDivLoss(reduction="batchmean"), nn.CrossEntropyLoss(ignore_index=-100), nn.CosineEmbeddingLoss()
    temperature = 2.0

    def data(sequences):
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
        return inputs.to(device), mask.to(device), labels.to(device)

    def loss_of(inputs, mask, labels, t):
        with amp():
            s_logits, s_hidden = student(inputs, mask)
        t = mark("student_forward", t)
        with torch.no_grad(), amp():
            t_logits, t_hidden = teacher(inputs, mask)
        t = mark("teacher_forward", t)
        s_logits, t_logits = s_logits.float(), t_logits.float()
        chosen = mask.unsqueeze(-1).expand_as(s_logits)
        s = torch.masked_select(s_logits, chosen).view(-1, s_logits.size(-1))
        r = torch.masked_select(t_logits, chosen).view(-1, s_logits.size(-1))
        loss = 5.0 * kl(F.log_softmax(s / temperature, -1), F.softmax(r / temperature, -1)) * temperature ** 2
        loss = loss + 2.0 * ce(s_logits.view(-1, s_logits.size(-1)), labels.view(-1))
        chosen = mask.unsqueeze(-1).expand_as(s_hidden[-1])
        width = s_hidden[-1].size(-1)
        hs = torch.masked_select(s_hidden[-1], chosen).view(-1, width).float()
        ht = torch.masked_select(t_hidden[-1], chosen).view(-1, width).float()
        return loss + 1.0 * cosine(hs, ht, hs.new_ones(hs.size(0))), t

    def micro_batch(sequences, share):
        t = time.perf_counter()
        batch = data(sequences)
        t = mark("data", t)
        loss, t = loss_of(*batch, t)
        loss.item()
        t = mark("losses", t)
        scaler.scale(loss * share).backward()
        mark("backward", t)
        return sum(len(each) for each in sequences)

    def optimizer_step(part):
        tokens = sum(micro_batch(sequences, 1 / len(part)) for sequences in part)
        t = time.perf_counter()
        move_weights(student, optimizer, 5.0, True)
        mark("clip_adamw", t)
        return tokens
else:
    model = models.DistilCls(config(a.layers)).to(device)
    ids, mask = ids.to(device), torch.ones(a.batch, a.seq, dtype=torch.long, device=device)
    target = torch.randint(0, 9, (a.batch,), generator=generator).to(device)
    if a.mode == "finetune":
        model.train()
        optimizer = adamw(model, 2e-5, (0.9, 0.999), 1e-8)

        def step():
            t = time.perf_counter()
            with amp():
                logits = model(ids, mask)
            loss = F.cross_entropy(logits.float(), target)
            if not a.block:
                loss.item()
            t = mark("forward", t)
            scaler.scale(loss).backward()
            t = mark("backward", t)
            move_weights(model, optimizer, 1.0, on_gpu)
            mark("clip_adamw", t)
    else:
        model.eval()

        def step():
            with torch.inference_mode(), amp():
                float(model(ids, mask)[0, 0])

if a.block:
    if a.mode == "distill":
        # The batch is made once, so that a GPU never waits for it.
        batch = data(ids.tolist())

        def step():
            loss, _ = loss_of(*batch, time.perf_counter())
            scaler.scale(loss).backward()
            move_weights(student, optimizer, 5.0, True)

    seconds = timed_block(lambda _: step())
    print(json.dumps({**about(), "batch": a.batch, "seq": a.seq, "steps": a.steps, "step_s": seconds}))
    raise SystemExit

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
