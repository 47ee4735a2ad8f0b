package io.sparktron.prep.planted;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** HTML with a known main text among known boilerplate, alone and in web archives. */
public final class PlantedPages {
    /** What must not be in the text of any page. */
    public static final List<String> BOILERPLATE = List.of(
            "Subscribe to our newsletter", "We use cookies", "Back to top", "All rights reserved", "tracker.push");

    public static final String PAGE = "pages/page.html";
    public static final String ARCHIVE = "pages/archive.warc";
    public static final String COMPRESSED_ARCHIVE = "pages/archive-compressed.warc.gz";

    private PlantedPages() {}

    static void plant(PlantedCorpus corpus, Passages passages) throws IOException {
        corpus.file(page(passages.text(400)), Planted.kept(PAGE, "main text between navigation and a cookie notice"));
        corpus.file(
                page(""),
                Planted.dropped(
                        "pages/frame.html", "navigation and notices without a main text", "read", "no-main-text"));
        archive(corpus, passages);
    }

    /** Records: about itself, a request, a page, a picture, another page. Only pages are documents. */
    private static void archive(PlantedCorpus corpus, Passages passages) throws IOException {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        plain.write(record(
                "warcinfo", "application/warc-fields", "software: planted\r\n".getBytes(StandardCharsets.UTF_8)));
        plain.write(record(
                "request", "application/http; msgtype=request", bytes("GET /a HTTP/1.1\r\nHost: example.org\r\n\r\n")));
        int first = plain.size();
        plain.write(response("text/html; charset=UTF-8", bytes(page(passages.text(400)))));
        int picture = plain.size();
        plain.write(response("image/png", new byte[] {(byte) 0x89, 'P', 'N', 'G'}));
        int second = plain.size();
        plain.write(response("text/html", bytes(page(passages.text(400)))));
        corpus.bytes(ARCHIVE, plain.toByteArray());
        corpus.record(Planted.kept(ARCHIVE + " at byte " + first, "a page in an archive"));
        corpus.record(Planted.dropped(ARCHIVE + " at byte " + picture, "a picture", "read", "unsupported"));
        corpus.record(Planted.kept(ARCHIVE + " at byte " + second, "another page in an archive"));

        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        compressed.write(PlantedDamage.gzip(response("text/html", bytes(page(passages.text(400))))));
        int torn = compressed.size();
        byte[] member = PlantedDamage.gzip(response("text/html", bytes(page(passages.text(400)))));
        compressed.write(Arrays.copyOf(member, member.length / 2));
        corpus.bytes(COMPRESSED_ARCHIVE, compressed.toByteArray());
        corpus.record(Planted.kept(COMPRESSED_ARCHIVE + " at byte 0", "a page in a compressed archive"));
        corpus.record(Planted.dropped(COMPRESSED_ARCHIVE + " at byte " + torn, "half a record", "read", "damaged"));
    }

    private static byte[] response(String type, byte[] body) throws IOException {
        ByteArrayOutputStream http = new ByteArrayOutputStream();
        http.write(
                bytes("HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nContent-Length: " + body.length + "\r\n\r\n"));
        http.write(body);
        return record("response", "application/http; msgtype=response", http.toByteArray());
    }

    private static byte[] record(String kind, String type, byte[] content) throws IOException {
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.write(bytes("WARC/1.0\r\nWARC-Type: " + kind + "\r\nWARC-Target-URI: http://example.org/a\r\n"
                + "WARC-Date: 2026-01-02T03:04:05Z\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000000>\r\n"
                + "Content-Type: " + type + "\r\nContent-Length: " + content.length + "\r\n\r\n"));
        record.write(content);
        record.write(bytes("\r\n\r\n"));
        return record.toByteArray();
    }

    private static String page(String text) {
        StringBuilder main = new StringBuilder();
        for (String paragraph : text.split("\n+")) {
            main.append("<p>").append(paragraph).append("</p>\n");
        }
        return "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"UTF-8\"><title>An address</title>\n"
                + "<script>tracker.push('view');</script><style>p { margin: 0 }</style></head><body>\n"
                + "<nav><ul><li><a href=\"/\">Home</a></li><li><a href=\"/n\">News</a></li>"
                + "<li><a href=\"/s\">Subscribe to our newsletter</a></li></ul></nav>\n"
                + "<div class=\"cookie-banner\"><p>We use cookies. <a href=\"/c\">Settings</a> <a href=\"/ok\">Accept</a></p></div>\n"
                + "<main><article>\n" + main + "</article></main>\n"
                + "<footer><a href=\"#top\">Back to top</a> <a href=\"/i\">Imprint</a> All rights reserved</footer></body></html>\n";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
