package io.sparktron.prep.read;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

/** The text in a record of a web archive: its payload without HTTP and codings, a page's main text or plain text as it is. */
final class WarcDocument {
    private WarcDocument() {}

    /** @param fields of the record's header, their names in small letters */
    static RawDocument of(InputFile file, long place, Map<String, String> fields, byte[] content) {
        String type = fields.getOrDefault("content-type", "");
        if (!type.toLowerCase(Locale.ROOT).startsWith("application/http")) {
            return text(file, place, type, content);
        }
        HttpResponse response = HttpResponse.parse(content);
        if (response == null) {
            return RawDocument.dropped(file, place, DropReason.DAMAGED);
        }
        String coding = response.field("content-encoding").toLowerCase(Locale.ROOT);
        byte[] body;
        try {
            body = decoded(coding, response.body());
        } catch (IOException damaged) {
            return RawDocument.dropped(file, place, DropReason.DAMAGED);
        }
        return body == null
                ? RawDocument.dropped(file, place, DropReason.UNSUPPORTED)
                : text(file, place, response.field("content-type"), body);
    }

    /** Null if the coding is not known. A crawler may have left the field when it decoded the body. */
    private static byte[] decoded(String coding, byte[] body) throws IOException {
        boolean gzip = body.length > 1 && body[0] == 0x1F && body[1] == (byte) 0x8B;
        boolean zlib = body.length > 1 && (body[0] & 0x0F) == 8 && ((body[0] & 0xFF) << 8 | body[1] & 0xFF) % 31 == 0;
        return switch (coding) {
            case "", "identity" -> body;
            case "gzip", "x-gzip" -> gzip ? bounded(new GZIPInputStream(new ByteArrayInputStream(body))) : body;
            case "deflate" -> zlib ? bounded(new InflaterInputStream(new ByteArrayInputStream(body))) : body;
            default -> null;
        };
    }

    private static byte[] bounded(InputStream in) throws IOException {
        return in.readNBytes(SourceReader.LARGEST_DOCUMENT + 1);
    }

    private static RawDocument text(InputFile file, long place, String type, byte[] bytes) {
        String kind = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        String charset = HttpResponse.parameter(type, "charset");
        return switch (kind) {
            case "text/html", "application/xhtml+xml" -> HtmlReader.document(file, place, bytes, charset);
            case "text/plain" ->
                bytes.length > SourceReader.LARGEST_DOCUMENT
                        ? RawDocument.dropped(file, place, DropReason.TOO_LARGE)
                        : HtmlText.decode(bytes, charset)
                                .map(text -> RawDocument.of(file, place, text))
                                .orElseGet(() -> RawDocument.dropped(file, place, DropReason.UNDECODABLE));
            default -> RawDocument.dropped(file, place, DropReason.UNSUPPORTED);
        };
    }
}
