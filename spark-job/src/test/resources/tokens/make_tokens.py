"""Makes token datasets as other tools write them, from the format's description alone: the manifests have the required fields only.

usage: make_tokens.py OUT_DIR   (pyarrow, duckdb and polars are needed)

Every folder holds 600 samples of sequence 5 whose token i is (31 sample + 7 i) mod 101, in other schemas, encodings, compressions, row groups and pages.
Those under refused/ are no token datasets.
"""
import decimal, json, os, sys
import duckdb, polars, pyarrow as pa, pyarrow.parquet as pq

out, samples, sequence, vocabulary = sys.argv[1], 600, 5, 101
tokens = [[(31 * k + 7 * i) % vocabulary for i in range(sequence + 1)] for k in range(samples)]


def dataset(name, files):
    folder = os.path.join(out, name)
    os.makedirs(folder)
    listed, first = [], 0
    for file, rows, write in files:
        write(os.path.join(folder, file), first, tokens[first:first + rows])
        listed.append({'path': file, 'firstSample': first, 'samples': rows})
        first += rows
    manifest = {'format': 'sparktron-tokens', 'version': 1, 'family': 'gpt', 'sequence': sequence, 'samples': samples,
                'tokenizer': {'name': 'gpt2', 'vocabulary': vocabulary, 'endOfText': vocabulary - 1}, 'files': listed}
    with open(os.path.join(folder, 'manifest.json'), 'w') as f:
        json.dump(manifest, f)


def arrow(sample=pa.int64(), token=pa.int32(), kind=pa.list_, nullable=True, last='tokens', extra=lambda numbers: {}, **options):
    def write(path, first, rows):
        numbers = range(first, first + len(rows))
        arrays = {'sample': pa.array(numbers, sample), 'tokens': pa.array(rows, kind(token))}
        if last == 'sample':
            arrays = {'tokens': arrays['tokens'], 'sample': arrays['sample']}
        arrays = {**extra(numbers), **arrays}
        fields = [pa.field(n, a.type, nullable=nullable) for n, a in arrays.items()]
        pq.write_table(pa.Table.from_arrays(list(arrays.values()), schema=pa.schema(fields)), path, **options)
    return write


def more(numbers):
    return {'text': pa.array([f'document {n}' if n % 3 else None for n in numbers]),
            'score': pa.array([decimal.Decimal(n) / 4 for n in numbers], pa.decimal128(12, 2)),
            'when': pa.array([n * 1000 for n in numbers], pa.timestamp('us')),
            'spans': pa.array([[[n, n + 1], []] for n in numbers], pa.list_(pa.list_(pa.int64()))),
            'source': pa.array([{'name': 'x', 'tags': [('a', n)]} for n in numbers],
                               pa.struct([('name', pa.string()), ('tags', pa.map_(pa.string(), pa.int64()))]))}


def duck(path, first, rows):
    given = pa.table({'k': pa.array(range(first, first + len(rows)), pa.int64()), 't': pa.array(rows, pa.list_(pa.int32()))})
    duckdb.sql(f"COPY (SELECT t AS tokens, k AS sample FROM given ORDER BY k) TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 2048)")


def polar(path, first, rows):
    polars.DataFrame({'sample': range(first, first + len(rows)), 'tokens': rows},
                     schema={'sample': polars.Int64, 'tokens': polars.List(polars.Int32)}).write_parquet(path, row_group_size=77)


delta = {'sample': 'DELTA_BINARY_PACKED', 'tokens.list.element': 'DELTA_BINARY_PACKED'}
split = {'sample': 'BYTE_STREAM_SPLIT', 'tokens.list.element': 'BYTE_STREAM_SPLIT'}
plain = {'use_dictionary': False}
dataset('pyarrow', [('tokens.parquet', 600, arrow())])
dataset('pages-v2', [('a.parquet', 1, arrow(data_page_version='2.0', compression='gzip')),
                     ('b.parquet', 599, arrow(data_page_version='2.0', compression='gzip', row_group_size=100, data_page_size=64))])
dataset('more-columns', [('0.parquet', 300, arrow(extra=more, last='sample', compression='zstd', row_group_size=50, **plain)),
                         ('1.parquet', 300, arrow(extra=more, compression='none', row_group_size=299))])
dataset('required', [('tokens.parquet', 600, arrow(nullable=False, kind=lambda t: pa.list_(pa.field('item', t, nullable=False)),
                                                   use_compliant_nested_type=False, row_group_size=257, **plain))])
dataset('delta', [('tokens.parquet', 600, arrow(compression='lz4', column_encoding=delta, row_group_size=256, write_page_checksum=True,
                                                write_page_index=True, **plain))])
dataset('byte-stream-split', [('tokens.parquet', 600, arrow(compression='snappy', column_encoding=split, row_group_size=1000, **plain))])
dataset('large-list', [('tokens.parquet', 300, arrow(kind=pa.large_list, token=pa.int16())),
                       ('tokens2.parquet', 300, arrow(kind=lambda t: pa.list_(t, sequence + 1), token=pa.uint32()))])
dataset('duckdb', [('tokens.parquet', 600, duck)])
dataset('polars', [('tokens.parquet', 600, polar)])
dataset('refused/int64-tokens', [('tokens.parquet', 600, arrow(token=pa.int64()))])
dataset('refused/int32-sample', [('tokens.parquet', 600, arrow(sample=pa.int32()))])
dataset('refused/brotli', [('tokens.parquet', 600, arrow(compression='brotli'))])
