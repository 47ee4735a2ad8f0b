package io.sparktron.prep.read;

import java.io.IOException;
import java.io.InputStream;
import java.util.NoSuchElementException;
import org.apache.hadoop.fs.Path;

/** Plain text: the whole file is one document. */
final class TextReader extends SourceReader {
    private final Path path;
    private final InputStream stored;
    private boolean done;

    TextReader(Path path, InputStream stored) {
        this.path = path;
        this.stored = stored;
    }

    @Override
    public boolean hasNext() {
        return !done;
    }

    @Override
    public RawDocument next() {
        if (done) {
            throw new NoSuchElementException(path.toString());
        }
        done = true;
        String location = path.toString();
        byte[] bytes;
        try {
            bytes = Compression.decompress(path.getName(), stored).readNBytes(LARGEST_DOCUMENT + 1);
        } catch (IOException damaged) {
            return RawDocument.dropped(location, DropReason.DAMAGED);
        }
        if (bytes.length > LARGEST_DOCUMENT) {
            return RawDocument.dropped(location, DropReason.TOO_LARGE);
        }
        return decode(bytes, bytes.length)
                .map(text -> RawDocument.of(location, text))
                .orElseGet(() -> RawDocument.dropped(location, DropReason.UNDECODABLE));
    }

    @Override
    public void close() throws IOException {
        stored.close();
    }
}
