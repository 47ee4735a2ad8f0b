/**
 * The token dataset: a folder with {@code manifest.json} and Parquet files, one sample a row, which data preparation writes, training
 * reads, and other tools may write too.
 */
package io.sparktron.tokens;
