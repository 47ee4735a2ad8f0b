package io.sparktron.prep.read;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.util.LineReader;

/**
 * JSON lines: each line that is not blank is an object with the document in one of its fields. A line is told by its first byte, counted in the
 * decompressed file.
 */
final class JsonLinesReader extends SourceReader {
    private static final ObjectReader JSON = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(LARGEST_DOCUMENT)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .readerFor(JsonNode.class);
    private static final int BUFFER = 1 << 16;

    private final Source source;
    private final String textField;
    private final InputStream stored;
    private final Text line = new Text();
    private LineReader lines;
    private long position;
    private RawDocument next;

    JsonLinesReader(Source source, FSDataInputStream stored) throws IOException {
        this.source = source;
        this.textField = source.file().textField();
        this.stored = stored;
        this.position = source.start();
        // The line that holds the byte before the slice belongs to the slice before, to its end.
        boolean inside = source.start() > 0;
        if (inside) {
            stored.seek(--position);
        }
        try {
            lines = new LineReader(Compression.decompress(source.file().path(), stored), BUFFER, new byte[] {'\n'});
            if (inside) {
                position += lines.readLine(new Text(), 0);
            }
            next = read();
        } catch (IOException damaged) {
            next = damaged();
        }
    }

    @Override
    public boolean hasNext() {
        return next != null;
    }

    @Override
    public RawDocument next() {
        if (next == null) {
            throw new NoSuchElementException(source.toString());
        }
        RawDocument document = next;
        try {
            next = lines == null ? null : read();
        } catch (IOException damaged) {
            next = damaged();
        }
        return document;
    }

    @Override
    public void close() throws IOException {
        stored.close();
    }

    /** The next document, or null at the end. */
    private RawDocument read() throws IOException {
        while (position < source.end()) {
            long place = position;
            int consumed = lines.readLine(line, LARGEST_DOCUMENT + 1);
            if (consumed == 0) {
                return null;
            }
            boolean first = position == 0;
            position += consumed;
            if (line.getLength() > LARGEST_DOCUMENT) {
                return RawDocument.dropped(source.file(), place, DropReason.TOO_LARGE);
            }
            Optional<String> decoded = decode(line.getBytes(), line.getLength());
            if (decoded.isEmpty()) {
                return RawDocument.dropped(source.file(), place, DropReason.UNDECODABLE);
            }
            String json =
                    first && decoded.get().startsWith("\uFEFF") ? decoded.get().substring(1) : decoded.get();
            if (!json.isBlank()) {
                return parse(place, json);
            }
        }
        return null;
    }

    private RawDocument parse(long place, String json) {
        JsonNode object;
        try {
            object = JSON.readValue(json);
        } catch (JsonProcessingException broken) {
            return RawDocument.dropped(source.file(), place, DropReason.MALFORMED);
        }
        if (!object.isObject()) {
            return RawDocument.dropped(source.file(), place, DropReason.MALFORMED);
        }
        JsonNode text = object.get(textField);
        return text == null || !text.isTextual()
                ? RawDocument.dropped(source.file(), place, DropReason.NO_TEXT)
                : RawDocument.of(source.file(), place, text.textValue());
    }

    private RawDocument damaged() {
        lines = null; // nothing after this place can be read
        return RawDocument.dropped(source.file(), position, DropReason.DAMAGED);
    }
}
