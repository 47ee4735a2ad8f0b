package io.sparktron.prep.read;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.hadoop.fs.FSDataInputStream;

/**
 * The bytes of a web archive, with places that stay the same. In a gzip file, where each record is a member by convention, the members are
 * opened one by one: so a place is that of a member in the file as stored, as indexes of archives give it, and a damaged member can be skipped.
 */
final class WarcInput implements Closeable {
    private static final int BUFFER = 1 << 16;
    private static final int HEADER = 10;

    private final String name;
    private final FSDataInputStream stored;
    private final boolean members;
    private MemberBytes raw;
    private InputStream in;
    private byte[] buffer = new byte[BUFFER];
    private int at;
    private int end;
    /** Of the byte at the buffer's start: in the decompressed file, or in its member. */
    private long start;

    private long member;
    private long lastPlace = -1;

    WarcInput(String name, FSDataInputStream stored) {
        this.name = name;
        this.stored = stored;
        this.members = name.endsWith(".gz");
        this.raw = new MemberBytes(stored, 0);
    }

    /**
     * A new place, for the record that begins at the next byte: its offset in the decompressed file, or for gzip the offset of its member as stored. Records
     * that follow in one member count on from it by one, so that places are unique and in order.
     */
    long place() {
        lastPlace = members ? Math.max(member, lastPlace + 1) : Math.max(start + at, lastPlace + 1);
        return lastPlace;
    }

    /** The next byte, which stays; -1 at the end of the file. */
    int peek() throws IOException {
        return at < end || fill() ? buffer[at] & 0xFF : -1;
    }

    void skipByte() {
        at++;
    }

    /** A line without its end; null at the end of the file. Of a longer one only so many bytes are kept. */
    String line(int most) throws IOException {
        if (peek() < 0) {
            return null;
        }
        StringBuilder line = new StringBuilder();
        for (int c = peek(); c >= 0; c = peek()) {
            at++;
            if (c == '\n') {
                break;
            }
            if (line.length() < most) {
                line.append((char) c);
            }
        }
        int length = line.length();
        if (length > 0 && line.charAt(length - 1) == '\r') {
            line.setLength(length - 1);
        }
        return line.toString();
    }

    /** So many bytes, or those that are left. */
    byte[] bytes(long count) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) Math.min(count, BUFFER));
        for (long left = count; left > 0 && peek() >= 0; ) {
            int part = (int) Math.min(left, end - at);
            bytes.write(buffer, at, part);
            at += part;
            left -= part;
        }
        return bytes.toByteArray();
    }

    /** How many bytes of so many there were to skip. */
    long skip(long count) throws IOException {
        long left = count;
        while (left > 0 && peek() >= 0) {
            int part = (int) Math.min(left, end - at);
            at += part;
            left -= part;
        }
        return count - left;
    }

    /** Takes back bytes that were read last. */
    void unread(byte[] bytes, int from) {
        int count = bytes.length - from;
        byte[] joined = new byte[Math.max(BUFFER, count + end - at)];
        System.arraycopy(bytes, from, joined, 0, count);
        System.arraycopy(buffer, at, joined, count, end - at);
        start += at - count;
        end = count + end - at;
        at = 0;
        buffer = joined;
    }

    /** Whether nothing is left of the member that was read last. */
    boolean atMemberEnd() throws IOException {
        if (members && at == end && in != null) {
            fillFromMember();
        }
        return members && at == end && in == null;
    }

    /**
     * After an {@link IOException}: goes to the next member that holds the start of a record.
     *
     * @return false if there is none
     */
    boolean skipDamaged() throws IOException {
        if (!members) {
            return false;
        }
        long from = member + 1;
        while (true) {
            long found = nextMember(from);
            if (found < 0) {
                return false;
            }
            stored.seek(found);
            raw = new MemberBytes(stored, found);
            in = null;
            at = 0;
            end = 0;
            try {
                if (startsRecord()) {
                    return true;
                }
            } catch (IOException notOne) { // the three bytes were part of compressed data
                in = null;
            }
            from = found + 1;
        }
    }

    /** Whether the next bytes begin a record; they stay. */
    boolean startsRecord() throws IOException {
        int length = WarcReader.VERSION.length();
        while (end - at < length) {
            boolean more = at == end ? fill() : !members && join();
            if (!more) {
                return false;
            }
        }
        for (int i = 0; i < length; i++) {
            if (buffer[at + i] != WarcReader.VERSION.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Puts the rest of the buffer before what comes next. */
    private boolean join() throws IOException {
        byte[] rest = Arrays.copyOfRange(buffer, at, end);
        at = end;
        boolean more = fill();
        unread(rest, 0);
        return more;
    }

    /** The next place of the three bytes that begin a member, from here on; -1 if there is none. */
    private long nextMember(long from) throws IOException {
        stored.seek(from);
        BufferedInputStream bytes = new BufferedInputStream(stored, BUFFER);
        int last = 0;
        long place = from;
        for (int c = bytes.read(); c >= 0; c = bytes.read()) {
            last = (last << 8 | c) & 0xFFFFFF;
            place++;
            if (last == 0x1F8B08) {
                return place - 3;
            }
        }
        return -1;
    }

    private boolean fill() throws IOException {
        while (true) {
            if (in == null) {
                if (members && !raw.hasNext()) {
                    return false;
                }
                open();
            }
            if (fillFromMember()) {
                return true;
            }
            if (!members) {
                return false;
            }
        }
    }

    private void open() throws IOException {
        member = raw.position();
        at = 0;
        end = 0;
        start = 0;
        in = members
                ? GzipCompressorInputStream.builder().setInputStream(raw).get()
                : Compression.decompress(name, stored);
    }

    private boolean fillFromMember() throws IOException {
        start += end;
        at = 0;
        end = 0;
        int count = in.read(buffer, 0, buffer.length);
        end = Math.max(0, count);
        if (end == 0 && members) {
            in = null;
        }
        return end > 0;
    }

    @Override
    public void close() throws IOException {
        stored.close();
    }

    /** Stored bytes that know their place: the decompressor gives back what it read beyond a member's end. */
    private static final class MemberBytes extends BufferedInputStream {
        private final Counted counted;

        MemberBytes(FSDataInputStream stored, long from) {
            this(new Counted(stored, from));
        }

        private MemberBytes(Counted counted) {
            super(counted, BUFFER);
            this.counted = counted;
        }

        long position() {
            return counted.place - (count - pos);
        }

        boolean hasNext() throws IOException {
            mark(HEADER);
            boolean any = read() >= 0;
            reset();
            return any;
        }
    }

    private static final class Counted extends Compression.StoredBytes {
        private long place;

        Counted(InputStream in, long from) {
            super(in);
            this.place = from;
        }

        @Override
        public int read() {
            int c = super.read();
            place += c < 0 ? 0 : 1;
            return c;
        }

        @Override
        public int read(byte[] bytes, int offset, int count) {
            int read = super.read(bytes, offset, count);
            place += Math.max(0, read);
            return read;
        }
    }
}
