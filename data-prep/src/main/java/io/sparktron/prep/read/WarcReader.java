package io.sparktron.prep.read;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.fs.FSDataInputStream;

/**
 * A web archive (WARC, ISO 28500): responses, resources and conversions are documents, other records are none. A record that is broken
 * becomes a document with a problem, and reading goes on at the next line that begins a record, or the next member of a gzip file.
 */
final class WarcReader extends SourceReader {
    static final String VERSION = "WARC/";

    private static final Set<String> DOCUMENTS = Set.of("response", "resource", "conversion");
    private static final int LONGEST_LINE = 1 << 16;
    private static final int MOST_FIELDS = 1000;

    private final InputFile file;
    private final WarcInput input;
    private RawDocument next;
    private boolean ended;

    WarcReader(InputFile file, FSDataInputStream stored) {
        this.file = file;
        this.input = new WarcInput(file.path(), stored);
        advance();
    }

    @Override
    public boolean hasNext() {
        return next != null;
    }

    @Override
    public RawDocument next() {
        if (next == null) {
            throw new NoSuchElementException(file.path());
        }
        RawDocument document = next;
        advance();
        return document;
    }

    @Override
    public void close() throws IOException {
        input.close();
    }

    private void advance() {
        next = null;
        while (next == null && !ended) {
            next = record();
        }
    }

    /** The document of the next record; null if it has none, or nothing is left. */
    private RawDocument record() {
        long place = -1;
        try {
            while (input.peek() == '\r' || input.peek() == '\n') {
                input.skipByte();
            }
            if (input.peek() < 0) {
                ended = true;
                return null;
            }
            place = input.place();
            return record(place);
        } catch (IOException damaged) {
            place = place < 0 ? input.place() : place; // damaged in its first bytes
            resume();
            return RawDocument.dropped(file, place, DropReason.DAMAGED);
        }
    }

    private void resume() {
        try {
            ended = !input.skipDamaged();
        } catch (IOException nothingMore) {
            ended = true;
        }
    }

    private RawDocument record(long place) throws IOException {
        Map<String, String> fields = header();
        long length = fields == null ? -1 : length(fields);
        if (length < 0) {
            findRecord();
            return RawDocument.dropped(file, place, DropReason.DAMAGED);
        }
        boolean document =
                DOCUMENTS.contains(fields.getOrDefault("warc-type", "").toLowerCase(Locale.ROOT));
        if (!document || length > LARGEST_DOCUMENT) {
            boolean whole = input.skip(length) == length && isClosed();
            if (!whole) {
                findRecord();
            }
            DropReason problem = whole ? DropReason.TOO_LARGE : DropReason.DAMAGED;
            return document || !whole ? RawDocument.dropped(file, place, problem) : null;
        }
        byte[] content = input.bytes(length);
        if (content.length < length || !isClosed()) {
            recover(content);
            return RawDocument.dropped(file, place, DropReason.DAMAGED);
        }
        return WarcDocument.of(file, place, fields, content);
    }

    /** The named fields of a record, in small letters; null if they are none. */
    private Map<String, String> header() throws IOException {
        String version = input.line(LONGEST_LINE);
        if (!version.startsWith(VERSION)) {
            return null;
        }
        Map<String, String> fields = new TreeMap<>();
        String name = null;
        for (int i = 0; i < MOST_FIELDS; i++) {
            String line = input.line(LONGEST_LINE);
            if (line == null) {
                return null;
            }
            if (line.isEmpty()) {
                return fields;
            }
            int colon = line.indexOf(':');
            if (name != null && (line.charAt(0) == ' ' || line.charAt(0) == '\t')) {
                fields.merge(name, line.strip(), (one, other) -> one + " " + other);
            } else if (colon <= 0) {
                return null;
            } else {
                name = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
                fields.putIfAbsent(name, line.substring(colon + 1).strip());
            }
        }
        return null;
    }

    /** -1 if there is no legal one. */
    private static long length(Map<String, String> fields) {
        String length = fields.getOrDefault("content-length", "");
        return length.matches("[0-9]{1,18}") ? Long.parseLong(length) : -1;
    }

    /** Looks for a record in content that turned out too long or too short for its header, then in what follows. */
    private void recover(byte[] content) throws IOException {
        byte[] mark = ("\n" + VERSION).getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i + mark.length <= content.length; i++) {
            if (content[i] == '\n' && Arrays.equals(mark, 0, mark.length, content, i, i + mark.length)) {
                input.unread(content, i + 1);
                return;
            }
        }
        findRecord();
    }

    /** Skips lines up to one that begins a record. */
    private void findRecord() throws IOException {
        while (input.peek() >= 0 && !input.startsRecord()) {
            input.line(0);
        }
    }

    /** Whether what follows the content may follow a record: two line ends, or at least another record or nothing. */
    private boolean isClosed() throws IOException {
        int lines = 0;
        while (lines < 2 && !input.atMemberEnd() && (input.peek() == '\r' || input.peek() == '\n')) {
            lines += input.peek() == '\n' ? 1 : 0;
            input.skipByte();
        }
        return lines == 2 || input.atMemberEnd() || input.peek() < 0 || input.startsRecord();
    }
}
