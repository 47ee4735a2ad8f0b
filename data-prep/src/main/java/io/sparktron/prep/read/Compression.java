package io.sparktron.prep.read;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * Compressed files, told by the suffix of their names: gzip, bzip2 and Zstandard, in one member or several. The libraries are those that
 * Spark brings; Hadoop's own codecs need native code for Zstandard, and its bzip2 takes some torn files for empty ones.
 */
public final class Compression {
    private static final List<String> SUFFIXES = List.of(".gz", ".bz2", ".zst");

    private Compression() {}

    public static boolean isCompressed(String name) {
        return !withoutSuffix(name).equals(name);
    }

    public static String withoutSuffix(String name) {
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
    public static InputStream decompress(String name, InputStream stored) throws IOException {
        InputStream source = new StoredBytes(stored);
        return switch (name.substring(withoutSuffix(name).length())) {
            case ".gz" ->
                GzipCompressorInputStream.builder()
                        .setInputStream(new BufferedInputStream(source))
                        .setDecompressConcatenated(true)
                        .get();
            case ".bz2" -> new BZip2CompressorInputStream(new BufferedInputStream(source), true);
            case ".zst" -> new ZstdInputStream(source);
            default -> source;
        };
    }

    static class StoredBytes extends FilterInputStream {
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
