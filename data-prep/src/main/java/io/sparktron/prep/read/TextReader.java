package io.sparktron.prep.read;

import java.io.IOException;
import java.io.InputStream;
import java.util.NoSuchElementException;

/** Plain text: the whole file is one document. */
final class TextReader extends SourceReader {
    private final InputFile file;
    private final InputStream stored;
    private boolean done;

    TextReader(InputFile file, InputStream stored) {
        this.file = file;
        this.stored = stored;
    }

    @Override
    public boolean hasNext() {
        return !done;
    }

    @Override
    public RawDocument next() {
        if (done) {
            throw new NoSuchElementException(file.path());
        }
        done = true;
        byte[] bytes;
        try {
            bytes = Compression.decompress(file.path(), stored).readNBytes(LARGEST_DOCUMENT + 1);
        } catch (IOException damaged) {
            return RawDocument.dropped(file, 0, DropReason.DAMAGED);
        }
        if (bytes.length > LARGEST_DOCUMENT) {
            return RawDocument.dropped(file, 0, DropReason.TOO_LARGE);
        }
        return decode(bytes, bytes.length)
                .map(text -> RawDocument.of(file, 0, text))
                .orElseGet(() -> RawDocument.dropped(file, 0, DropReason.UNDECODABLE));
    }

    @Override
    public void close() throws IOException {
        stored.close();
    }
}
