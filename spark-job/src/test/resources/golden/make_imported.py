"""Makes the fixtures of models and datasets that others made: what `convert` imports and `pretrain` then trains.

usage: make_imported.py OUT_DIR   (beside make_golden.py, which computes the numbers; torch, transformers and pyarrow are needed)

  prime/gpt2   vocabulary 101, sequence 13, 5 heads; one safetensors file
  twelve/gpt2  vocabulary 97, sequence 17, 12 heads; sharded by `save_pretrained` itself, so with model.safetensors.index.json
  Both hold what make_golden.py says of a gpt2 folder, and tokens/: the trace's 20 x 3 samples as a token dataset whose manifest
  has the required fields only and whose Parquet files pyarrow wrote, with row groups of its own size and a column more.

  half/{f16,bf16}  a tiny model in 16-bit types, with the largest, smallest, subnormal and negative-zero values; expected.safetensors
                   holds what PyTorch makes of each in float32. f16 has the names of GPT2LMHeadModel, bf16 those of GPT2Model
"""
import json, os, shutil, subprocess, sys
import pyarrow as pa, pyarrow.parquet as pq, torch
from safetensors.torch import load_file, save_file
from transformers import GPT2Config, GPT2LMHeadModel, GPT2Model

here, out = os.path.dirname(os.path.abspath(__file__)), sys.argv[1]


def golden(name, hidden, heads, layers, vocabulary, sequence, seed, shard):
    folder = os.path.join(out, name)
    numbers = [hidden, heads, layers, vocabulary, sequence, seed]
    subprocess.run([sys.executable, os.path.join(here, 'make_golden.py'), folder, *map(str, numbers)], check=True)
    shutil.rmtree(os.path.join(folder, 'bert'))
    model = os.path.join(folder, 'gpt2')
    os.remove(os.path.join(model, 'generation_config.json'))
    if shard:
        whole = GPT2LMHeadModel.from_pretrained(model)
        os.remove(os.path.join(model, 'model.safetensors'))
        whole.save_pretrained(model, max_shard_size=shard)
        os.remove(os.path.join(model, 'generation_config.json'))
    tokens = load_file(os.path.join(model, 'inputs.safetensors'))['trace_tokens'].reshape(-1, sequence + 1).tolist()
    dataset(os.path.join(model, 'tokens'), tokens, vocabulary)


def dataset(folder, samples, vocabulary):
    os.makedirs(folder, exist_ok=True)
    half, files = len(samples) // 2 + 1, []
    for first, rows in (0, samples[:half]), (half, samples[half:]):
        table = pa.table({'origin': pa.array([f'trace of {len(samples)} samples'] * len(rows)),
                          'tokens': pa.array(rows, pa.list_(pa.int32())),
                          'sample': pa.array(range(first, first + len(rows)), pa.int64())})
        name = f'tokens-{len(files)}.parquet'
        pq.write_table(table, os.path.join(folder, name), row_group_size=7, compression='snappy')
        files.append({'path': name, 'firstSample': first, 'samples': len(rows)})
    manifest = {'format': 'sparktron-tokens', 'version': 1, 'family': 'gpt', 'sequence': len(samples[0]) - 1, 'samples': len(samples),
                'tokenizer': {'name': 'syllables', 'vocabulary': vocabulary, 'endOfText': vocabulary - 1}, 'files': files}
    with open(os.path.join(folder, 'manifest.json'), 'w') as f:
        json.dump(manifest, f)


def half(name, kind, dtype):
    generator = torch.Generator().manual_seed(7)
    config = GPT2Config(vocab_size=13, n_positions=5, n_embd=8, n_layer=1, n_head=2, bos_token_id=12, eos_token_id=12)
    model = kind(config).to(dtype)
    info = torch.finfo(dtype)
    special = torch.tensor([info.max, info.min, info.tiny, -info.tiny, info.smallest_normal / 2, info.smallest_normal * info.eps,
                            -info.smallest_normal * info.eps, -0.0, 0.0, info.smallest_normal * (1 - info.eps), 1 + info.eps],
                           dtype=torch.float64).to(dtype)
    with torch.no_grad():
        for p in model.parameters():
            values = torch.randn(p.shape, generator=generator, dtype=torch.float64) * 10 ** (
                -8 * torch.rand(p.shape, generator=generator, dtype=torch.float64))
            p.copy_(values.to(dtype))
        for p in list(model.parameters())[:3]:
            flat = p.view(-1)
            flat[:min(len(special), len(flat))] = special[:len(flat)]
    folder = os.path.join(out, 'half', name)
    model.save_pretrained(folder)
    if os.path.exists(os.path.join(folder, 'generation_config.json')):
        os.remove(os.path.join(folder, 'generation_config.json'))
    values = {n.removeprefix('transformer.'): p.detach().to(torch.float32).clone() for n, p in model.named_parameters()}
    save_file(values, os.path.join(folder, 'expected.safetensors'))


golden('prime', 20, 5, 2, 101, 13, 2, None)
golden('twelve', 24, 12, 2, 97, 17, 3, '24KB')
half('f16', GPT2LMHeadModel, torch.float16)
half('bf16', GPT2Model, torch.bfloat16)
