package io.sparktron.prep.read;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * An HTTP response (RFC 9112) as archives hold it: read with patience, since servers and crawlers bend the rules.
 *
 * @param fields by their names in small letters; of a repeated one the first
 * @param body without the chunked coding
 */
record HttpResponse(Map<String, String> fields, byte[] body) {
    private static final int LONGEST_CHUNK_LINE = 1000;

    /** Null if it does not begin with a status line. */
    static HttpResponse parse(byte[] bytes) {
        if (!new String(bytes, 0, Math.min(bytes.length, 5), StandardCharsets.ISO_8859_1).equals("HTTP/")) {
            return null;
        }
        Map<String, String> fields = new TreeMap<>();
        int at = lineEnd(bytes, 0) + 1; // after the status line
        while (at < bytes.length) {
            int end = lineEnd(bytes, at);
            String line = new String(bytes, at, end - at, StandardCharsets.ISO_8859_1).strip();
            at = end + 1;
            if (line.isEmpty()) {
                break;
            }
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.putIfAbsent(
                        line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        }
        byte[] body = Arrays.copyOfRange(bytes, Math.min(at, bytes.length), bytes.length);
        boolean chunked = fields.getOrDefault("transfer-encoding", "")
                .toLowerCase(Locale.ROOT)
                .contains("chunked");
        byte[] joined = chunked ? joined(body) : null;
        return new HttpResponse(fields, joined == null ? body : joined);
    }

    /** Empty if it is absent. */
    String field(String name) {
        return fields.getOrDefault(name, "");
    }

    /** Of a content type; null if it is absent. */
    static String parameter(String type, String name) {
        for (String part : type.split(";")) {
            int equals = part.indexOf('=');
            if (equals > 0 && part.substring(0, equals).strip().equalsIgnoreCase(name)) {
                return part.substring(equals + 1).strip().replaceAll("^[\"']|[\"']$", "");
            }
        }
        return null;
    }

    /** The chunks as one; what there is of them if the last is cut off; null if these are no chunks, since a crawler joined them already. */
    private static byte[] joined(byte[] body) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream(body.length);
        for (int at = 0; at < body.length; ) {
            int end = lineEnd(body, at);
            String line = new String(body, at, Math.min(end - at, LONGEST_CHUNK_LINE), StandardCharsets.ISO_8859_1);
            String size = line.split(";", 2)[0].strip();
            if (!size.matches("[0-9A-Fa-f]{1,8}")) {
                return joined.size() == 0 ? null : joined.toByteArray();
            }
            long length = Long.parseLong(size, 16);
            if (length == 0) {
                break;
            }
            int start = Math.min(end + 1, body.length);
            int count = (int) Math.min(length, body.length - start);
            joined.write(body, start, count);
            at = start + count;
            at += at < body.length && body[at] == '\r' ? 1 : 0;
            at += at < body.length && body[at] == '\n' ? 1 : 0;
        }
        return joined.toByteArray();
    }

    /** The place of the next LF, or the end. */
    private static int lineEnd(byte[] bytes, int from) {
        int end = from;
        while (end < bytes.length && bytes[end] != '\n') {
            end++;
        }
        return Math.min(end, bytes.length);
    }
}
