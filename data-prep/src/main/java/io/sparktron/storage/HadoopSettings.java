package io.sparktron.storage;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;

/** A Hadoop configuration on its way from the driver to the ranks, so that both see the same file systems. */
public final class HadoopSettings implements Serializable {
    private static final long serialVersionUID = 1L;

    private final byte[] written;

    public HadoopSettings(Configuration configuration) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            configuration.write(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException("the Hadoop configuration cannot be sent to the ranks", e);
        }
        written = bytes.toByteArray();
    }

    public Configuration configuration() {
        Configuration configuration = new Configuration(false);
        try {
            configuration.readFields(new DataInputStream(new ByteArrayInputStream(written)));
        } catch (IOException e) {
            throw new UncheckedIOException("the driver's Hadoop configuration cannot be read", e);
        }
        return configuration;
    }
}
