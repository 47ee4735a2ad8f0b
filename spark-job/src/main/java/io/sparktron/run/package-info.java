/** The folder of a run: {@code run.json}, {@code metrics.jsonl} and checkpoints, on any Hadoop file system. */
package io.sparktron.run;
