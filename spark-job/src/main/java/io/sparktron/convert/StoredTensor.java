package io.sparktron.convert;

import io.sparktron.checkpoint.Safetensors;
import org.apache.hadoop.fs.Path;

/** A tensor in a safetensors file. */
record StoredTensor(String name, Path file, Safetensors.Entry entry) {
    /** Type and shape, as errors name them. */
    String described() {
        return file + ": " + name + " is " + entry.type() + entry.shape();
    }

    /** Whether it has one of the types that weights may have. */
    boolean isFloat() {
        for (FloatFormat format : FloatFormat.values()) {
            if (format.name().equals(entry.type())) {
                return true;
            }
        }
        return false;
    }

    FloatFormat format() {
        return FloatFormat.valueOf(entry.type());
    }
}
