/** The command that tells whoever has GPUs whether this program computes on them what it should, and how fast: one process, no Spark. */
package io.sparktron.gpucheck;
