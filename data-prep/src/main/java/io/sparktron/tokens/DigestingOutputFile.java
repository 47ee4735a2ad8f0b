package io.sparktron.tokens;

import io.sparktron.storage.Storage;
import java.io.IOException;
import java.security.MessageDigest;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/** A file on any Hadoop file system that is digested while Parquet writes it, front to back. */
final class DigestingOutputFile implements OutputFile {
    private final Path path;
    private final Configuration configuration;
    private final FileSystem files;
    private final MessageDigest digest = Sha256.digest();
    private long position;
    private String sha256;
    private boolean abandoned;

    DigestingOutputFile(Path path, Configuration configuration) throws IOException {
        this.path = path;
        this.configuration = configuration;
        this.files = path.getFileSystem(configuration);
    }

    /** Hexadecimal digest of the whole file, once it is closed. */
    String sha256() {
        if (sha256 == null) {
            throw new IllegalStateException(path + " is not closed yet");
        }
        return sha256;
    }

    long bytes() {
        return position;
    }

    /** The file is not to be: when it is closed, an object store shall not have it. */
    void abandon() {
        abandoned = true;
    }

    @Override
    public PositionOutputStream create(long blockSizeHint) throws IOException {
        return new Stream(files.create(path, false));
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSizeHint) throws IOException {
        return new Stream(files.create(path, true));
    }

    @Override
    public boolean supportsBlockSize() {
        return false;
    }

    @Override
    public long defaultBlockSize() {
        return 0;
    }

    @Override
    public String getPath() {
        return path.toString();
    }

    private final class Stream extends PositionOutputStream {
        private final FSDataOutputStream out;

        Stream(FSDataOutputStream out) {
            this.out = out;
        }

        @Override
        public long getPos() {
            return position;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            digest.update((byte) b);
            position++;
        }

        @Override
        public void write(byte[] bytes, int offset, int count) throws IOException {
            out.write(bytes, offset, count);
            digest.update(bytes, offset, count);
            position += count;
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        @Override
        public void close() throws IOException {
            if (abandoned) {
                Storage.abandon(path, out, configuration);
                return;
            }
            out.close();
            if (sha256 == null) {
                sha256 = Sha256.hex(digest.digest());
            }
        }
    }
}
