/**
 * The token dataset: a folder with {@code manifest.json} and Parquet files, one sample a row, which data preparation writes, training
 * reads, and other tools may write too.
 *
 * <pre>{@code
 * {"format": "sparktron-tokens", "version": 1, "family": "gpt", "sequence": 1024, "samples": 40,
 *  "tokenizer": {"name": "gpt2", "vocabulary": 50257, "endOfText": 50256},
 *  "files": [{"path": "part-00000.parquet", "firstSample": 0, "samples": 40}]}
 * }</pre>
 *
 * <p>These fields are required; {@code sha256} and {@code bytes} of a file are checked where they are given. The columns of a file are {@code sample} (INT64: 0, 1, 2 ... through
 * the files in their order) and {@code tokens} (LIST of INT32, sequence + 1 ids); more columns may follow. Sample k holds tokens k * sequence ... (k + 1) * sequence of
 * the stream of documents, each of which is closed by end-of-text.
 */
package io.sparktron.tokens;
