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
 *
 * <p>Family {@code bert} has as {@code tokenizer}, for example, {@code {"name": "wordpiece", "vocabulary": 30522, "pad": 0, "cls": 2, "sep": 3,
 * "mask": 4, "lowerCase": true, "vocabularyFile": "vocab.txt"}}: the file lies in the folder, a piece a line, and {@code vocabularySha256} is checked where it is given; without
 * {@code endOfText} that is {@code sep}. The columns are {@code sample}, {@code tokens} ({@code [CLS] A [SEP] B [SEP]}, unpadded, at most sequence ids, of consecutive text of
 * one document), {@code second} (INT32, where B starts) and {@code swapped} (BOOLEAN: B came before A in the text). With a column {@code labels} (LIST of INT32, one per
 * token, -100 = none) the tokens are masked already; where it is null, or absent, training masks.
 */
package io.sparktron.tokens;
