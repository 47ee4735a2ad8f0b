/**
 * Other people's models: Hugging Face's GPT-2 folders to checkpoints and back. Shapes: [V, h] vocabulary by hidden size, [p, h] positions, [in, out] their
 * matrices (Conv1D), [out, in] ours.
 */
package io.sparktron.convert;
