package io.sparktron.prep.read;

import java.io.IOException;
import java.io.InputStream;
import java.util.NoSuchElementException;

/** A page: the main text of the file is one document. */
final class HtmlReader extends SourceReader {
    private final InputFile file;
    private final InputStream stored;
    private boolean done;

    HtmlReader(InputFile file, InputStream stored) {
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
        try {
            byte[] bytes = Compression.decompress(file.path(), stored).readNBytes(HtmlText.LARGEST_PAGE + 1);
            return document(file, 0, bytes, null);
        } catch (IOException damaged) {
            return RawDocument.dropped(file, 0, DropReason.DAMAGED);
        }
    }

    /** @param charset that the transport named; null if none */
    static RawDocument document(InputFile file, long place, byte[] bytes, String charset) {
        if (bytes.length > HtmlText.LARGEST_PAGE) {
            return RawDocument.dropped(file, place, DropReason.TOO_LARGE);
        }
        return HtmlText.decode(bytes, charset)
                .map(page -> HtmlText.mainText(page)
                        .map(text -> RawDocument.of(file, place, text))
                        .orElseGet(() -> RawDocument.dropped(file, place, DropReason.NO_MAIN_TEXT)))
                .orElseGet(() -> RawDocument.dropped(file, place, DropReason.UNDECODABLE));
    }

    @Override
    public void close() throws IOException {
        stored.close();
    }
}
