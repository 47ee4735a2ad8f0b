package io.sparktron.prep;

import com.github.luben.zstd.ZstdInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;

/**
 * Compressed files, told by the suffix of their names: Hadoop's codecs, and Zstandard by the library that Spark itself uses (Hadoop's
 * needs native code that a Spark without Hadoop lacks).
 */
final class Compression {
    private static final List<String> ZSTANDARD = List.of(".zst", ".zstd");
    private static final List<String> SUFFIXES = List.of(".gz", ".bz2", ".zst", ".zstd", ".deflate", ".lz4", ".snappy");

    private Compression() {}

    static boolean isCompressed(String name) {
        return !withoutSuffix(name).equals(name);
    }

    static String withoutSuffix(String name) {
        for (String suffix : SUFFIXES) {
            if (name.endsWith(suffix)) {
                return name.substring(0, name.length() - suffix.length());
            }
        }
        return name;
    }

    /**
     * The contents of a file. An {@link IOException} of the stream means that the compressed bytes are damaged; trouble with the file
     * system itself is an {@link UncheckedIOException}, so that Spark tries the task again instead of reporting bad input.
     */
    static InputStream decompress(Path path, InputStream stored, Configuration configuration) throws IOException {
        InputStream source = new StoredBytes(stored);
        String name = path.getName();
        if (ZSTANDARD.stream().anyMatch(name::endsWith)) {
            return new ZstdInputStream(source);
        }
        if (!isCompressed(name)) {
            return source;
        }
        CompressionCodec codec = new CompressionCodecFactory(configuration).getCodec(path);
        if (codec == null) {
            throw new UncheckedIOException(new IOException("This Hadoop has no codec for " + path));
        }
        return codec.createInputStream(source);
    }

    private static final class StoredBytes extends FilterInputStream {
        StoredBytes(InputStream in) {
            super(in);
        }

        @Override
        public int read() {
            try {
                return in.read();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        @Override
        public int read(byte[] bytes, int offset, int count) {
            try {
                return in.read(bytes, offset, count);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }
}
