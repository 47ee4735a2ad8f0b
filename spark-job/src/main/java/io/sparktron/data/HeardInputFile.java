package io.sparktron.data;

import io.sparktron.storage.BlockListener;
import io.sparktron.storage.Storage;
import java.io.IOException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.parquet.hadoop.util.HadoopStreams;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/** A file as Parquet reads it, of which a listener hears each block. */
record HeardInputFile(FileStatus file, FileSystem files, BlockListener listener) implements InputFile {
    @Override
    public long getLength() {
        return file.getLen();
    }

    @Override
    public SeekableInputStream newStream() throws IOException {
        return HadoopStreams.wrap(Storage.heard(files.open(file.getPath()), listener));
    }

    @Override
    public String toString() {
        return file.getPath().toString();
    }
}
