package io.sparktron.convert;

/** Whose layout a model's folder has. */
public enum Format {
    /** A checkpoint. */
    SPARKTRON,
    /** {@code config.json} and {@code model.safetensors}, as the transformers library reads them. */
    HUGGINGFACE
}
