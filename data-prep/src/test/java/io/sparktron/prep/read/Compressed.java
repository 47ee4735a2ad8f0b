package io.sparktron.prep.read;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.compress.BZip2Codec;

/** Compresses what a test puts into a file. */
public final class Compressed {
    private Compressed() {}

    public static byte[] bytes(byte[] plain, String suffix) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = stream(bytes, suffix)) {
            out.write(plain);
        }
        return bytes.toByteArray();
    }

    private static OutputStream stream(OutputStream out, String suffix) throws IOException {
        switch (suffix) {
            case ".gz":
                return new GZIPOutputStream(out);
            case ".zst":
                return new ZstdOutputStream(out);
            case ".bz2":
                BZip2Codec codec = new BZip2Codec();
                codec.setConf(new Configuration());
                return codec.createOutputStream(out);
            default:
                throw new IllegalArgumentException(suffix);
        }
    }
}
