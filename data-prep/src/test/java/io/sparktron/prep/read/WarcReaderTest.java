package io.sparktron.prep.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Web archives, whole and broken; each byte of them is written here. */
class WarcReaderTest {
    @TempDir
    Path folder;

    @Test
    void responsesResourcesAndConversionsAreDocuments() throws IOException {
        Archive archive = new Archive()
                .add(record("warcinfo", "application/warc-fields", "software: test"))
                .add(record("request", "application/http; msgtype=request", "GET / HTTP/1.1\r\n\r\n"))
                .add(record("response", "application/http; msgtype=response", http("text/html", page("one"))))
                .add(record("metadata", "application/warc-fields", "fetchTimeMs: 1"))
                .add(record("resource", "text/html; charset=utf-8", page("two")))
                .add(record("conversion", "text/plain", "three\nlines\nof it"))
                .add(record("response", "application/http", http("image/png", "\u0001PNG")));

        for (String suffix : List.of("", ".gz", ".bz2", ".zst")) {
            List<RawDocument> documents = documents("a.warc" + suffix, archive.bytes(suffix));

            assertThat(documents)
                    .as(suffix)
                    .extracting(RawDocument::text)
                    .containsExactly(text("one"), text("two"), "three\nlines\nof it", null);
            assertThat(documents.get(3).problem()).isEqualTo(DropReason.UNSUPPORTED);
            List<Long> places = archive.places(suffix);
            assertThat(documents)
                    .as(suffix)
                    .extracting(RawDocument::id)
                    .containsExactly(places.get(2), places.get(4), places.get(5), places.get(6));
            assertThat(documents.get(0).location()).endsWith("a.warc" + suffix + " at byte " + places.get(2));
        }
    }

    @Test
    void oneMemberForAllRecordsGivesEachAPlace() throws IOException {
        Archive archive = new Archive();
        for (int i = 0; i < 50; i++) {
            archive.add(record("conversion", "text/plain", "document " + i));
        }
        List<RawDocument> documents = documents("a.warc.gz", Compressed.bytes(archive.bytes(""), ".gz"));

        assertThat(documents).hasSize(50);
        for (int i = 0; i < 50; i++) {
            assertThat(documents.get(i).text()).isEqualTo("document " + i);
            assertThat(documents.get(i).id()).isEqualTo(i);
        }
    }

    @Test
    void aCutAtEveryByteLosesTheRecordThatIsCut() throws IOException {
        Archive archive = new Archive();
        for (int i = 0; i < 3; i++) {
            archive.add(record("conversion", "text/plain", "document " + i));
        }
        for (String suffix : List.of("", ".gz")) {
            byte[] whole = archive.bytes(suffix);
            List<Long> places = archive.places(suffix);
            for (int length = 0; length < whole.length; length++) {
                List<RawDocument> documents = documents("a.warc" + suffix, Arrays.copyOf(whole, length));

                int last = 2;
                while (last > 0 && places.get(last) > length) {
                    last--;
                }
                for (int i = 0; i < last; i++) {
                    assertThat(documents.get(i).text()).isEqualTo("document " + i);
                }
                // The line ends after a record are no part of it.
                boolean none = length == places.get(last);
                boolean cut = length < (last == 2 ? whole.length : places.get(last + 1)) - (suffix.isEmpty() ? 4 : 0);
                assertThat(documents).as("%s cut at %d", suffix, length).hasSize(none ? last : last + 1);
                if (!none) {
                    assertThat(documents.get(last).problem()).isEqualTo(cut ? DropReason.DAMAGED : null);
                    assertThat(documents.get(last).id()).isEqualTo(places.get(last));
                }
            }
        }
    }

    @Test
    void readingGoesOnAfterADamagedMember() throws IOException {
        Archive archive = new Archive();
        for (int i = 0; i < 4; i++) {
            archive.add(record(
                    "conversion",
                    "text/plain",
                    "document " + i + " " + Integer.toString(i * 7919, 36).repeat(i + 1)));
        }
        byte[] whole = archive.bytes(".gz");
        List<Long> places = archive.places(".gz");
        for (long at = places.get(1); at < places.get(2); at++) {
            byte[] damaged = whole.clone();
            damaged[(int) at] ^= 0x55;
            List<RawDocument> documents = documents("a.warc.gz", damaged);

            // A member's time and operating system have no part in its contents.
            assertThat(documents).as("byte %d", at).hasSize(4);
            assertThat(documents.get(0).text()).startsWith("document 0");
            assertThat(documents.get(2).text()).startsWith("document 2");
            assertThat(documents.get(3).text()).startsWith("document 3");
            assertThat(documents.get(3).id()).isEqualTo(places.get(3));
        }
    }

    @Test
    void readingGoesOnAfterABadHeaderOrLength() throws IOException {
        byte[] good = record("conversion", "text/plain", "a good one");
        String header = "WARC/1.0\r\nWARC-Type: conversion\r\nContent-Type: text/plain\r\n";
        for (String bad : List.of(
                "rubbish\r\nmore of it\r\n\r\n",
                "WARC/1.0\r\nno colon here\r\n\r\ntext\r\n\r\n",
                header + "\r\nno length\r\n\r\n",
                header + "Content-Length: -1\r\n\r\ntext\r\n\r\n",
                header + "Content-Length: 99999999999999999999\r\n\r\ntext\r\n\r\n",
                header + "Content-Length: 2\r\n\r\ntoo short\r\n\r\n",
                header + "Content-Length: 60\r\n\r\ntoo long\r\n\r\n",
                header + "Content-Length: 999999\r\n\r\nfar too long\r\n\r\n")) {
            byte[] bytes =
                    new Archive().add(good).add(bytes(bad)).add(good).add(good).bytes("");

            List<RawDocument> documents = documents("a.warc", bytes);

            assertThat(documents)
                    .as(bad)
                    .extracting(RawDocument::problem)
                    .containsExactly(null, DropReason.DAMAGED, null, null);
            assertThat(documents)
                    .extracting(RawDocument::id)
                    .containsExactly(
                            0L, (long) good.length, (long) good.length + bad.length(), 2L * good.length + bad.length());
        }
    }

    @Test
    void transferAndContentCodingsAreUndone() throws IOException {
        byte[] page = bytes(page("coded"));
        String head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n";
        byte[] gzip = Compressed.bytes(page, ".gz");
        String half = page("coded").substring(0, 40);
        String rest = page("coded").substring(40);
        String chunks = Integer.toHexString(40) + "\r\n" + half + "\r\n" + Integer.toHexString(rest.length())
                + ";x=y\r\n" + rest + "\r\n0\r\n\r\n";
        Archive archive = new Archive()
                .add(response(head + "Content-Encoding: gzip\r\n\r\n", gzip))
                .add(response(head + "Content-Encoding: gzip\r\n\r\n", page)) // decoded by the crawler
                .add(response(head + "Transfer-Encoding: chunked\r\n\r\n", bytes(chunks)))
                .add(response(head + "Transfer-Encoding: chunked\r\n\r\n", page)) // joined by the crawler
                .add(response(head.replace("\r\n", "\n") + "\n", page))
                .add(response(head + "Content-Encoding: br\r\n\r\n", page))
                .add(response(head + "Content-Encoding: gzip\r\n\r\n", Arrays.copyOf(gzip, gzip.length / 2)))
                .add(response("no status line\r\n\r\n", page))
                .add(response("HTTP/1.1 200 OK\r\n\r\n", page));

        List<RawDocument> documents = documents("a.warc", archive.bytes(""));

        assertThat(documents.subList(0, 5)).extracting(RawDocument::text).containsOnly(text("coded"));
        assertThat(documents.subList(5, 9))
                .extracting(RawDocument::problem)
                .containsExactly(
                        DropReason.UNSUPPORTED, DropReason.DAMAGED, DropReason.DAMAGED, DropReason.UNSUPPORTED);
    }

    @Test
    void characterSetsComeFromTheHeader() throws IOException {
        byte[] latin = "Zürich".getBytes(StandardCharsets.ISO_8859_1);
        Archive archive = new Archive()
                .add(response("HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=\"ISO-8859-1\"\r\n\r\n", latin))
                .add(response("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n", latin));

        List<RawDocument> documents = documents("a.warc", archive.bytes(""));

        assertThat(documents.get(0).text()).isEqualTo("Zürich");
        assertThat(documents.get(1).problem()).isEqualTo(DropReason.UNDECODABLE);
    }

    @Test
    void whatExpandsWithoutBoundsIsTooLarge() throws IOException {
        byte[] bomb = Compressed.bytes(new byte[HtmlText.LARGEST_PAGE + 1], ".gz");
        Archive archive = new Archive()
                .add(response("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n", bomb))
                .add(record("conversion", "text/plain", "after it"));

        List<RawDocument> documents = documents("a.warc", archive.bytes(""));

        assertThat(documents.get(0).problem()).isEqualTo(DropReason.TOO_LARGE);
        assertThat(documents.get(1).text()).isEqualTo("after it");
    }

    @Test
    void emptyAndForeignFilesAreNoReasonToStop() throws IOException {
        assertThat(documents("a.warc", new byte[0])).isEmpty();
        assertThat(documents("a.warc.gz", new byte[0])).isEmpty();
        for (String name : List.of("b.warc", "b.warc.gz", "b.warc.zst", "b.warc.bz2")) {
            assertThat(documents(name, bytes("no archive\nat all")))
                    .as(name)
                    .extracting(RawDocument::problem)
                    .containsExactly(DropReason.DAMAGED);
        }
    }

    private List<RawDocument> documents(String name, byte[] bytes) throws IOException {
        Path path = folder.resolve(name);
        Files.write(path, bytes);
        InputFile file =
                new InputFile(0, 0, path.toUri().toString(), InputFiles.formatOf(name), "text", bytes.length, 0);
        List<RawDocument> documents = new ArrayList<>();
        try (SourceReader reader = SourceReader.open(new Source(file, 0, Long.MAX_VALUE), new Configuration())) {
            reader.forEachRemaining(documents::add);
        }
        HashSet<Long> ids = new HashSet<>();
        assertThat(documents).allMatch(document -> ids.add(document.id()));
        return documents;
    }

    private static String page(String word) {
        return "<html><body><nav>Home</nav><p>" + text(word) + "</p></body></html>";
    }

    private static String text(String word) {
        return "Document " + word + " has a paragraph of words enough that it is taken for the main text of its page.";
    }

    private static String http(String type, String body) {
        return "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Type: " + type + "\r\n\r\n" + body;
    }

    private static byte[] response(String head, byte[] body) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.write(bytes(head));
        content.write(body);
        return record("response", "application/http; msgtype=response", content.toByteArray());
    }

    private static byte[] record(String kind, String type, String content) throws IOException {
        return record(kind, type, bytes(content));
    }

    private static byte[] record(String kind, String type, byte[] content) throws IOException {
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.write(
                bytes("WARC/1.1\r\nWARC-Type: " + kind + "\r\nWARC-Target-URI: http://example.org/\r\ncontent-type:"
                        + type + "\r\nX-Folded: a\r\n b\r\nContent-Length: " + content.length + "\r\n\r\n"));
        record.write(content);
        record.write(bytes("\r\n\r\n"));
        return record.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Records one after the other; in gzip each is a member. */
    private static final class Archive {
        private final List<byte[]> records = new ArrayList<>();

        Archive add(byte[] record) {
            records.add(record);
            return this;
        }

        byte[] bytes(String suffix) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (byte[] record : records) {
                bytes.write(suffix.equals(".gz") ? Compressed.bytes(record, suffix) : record);
            }
            return suffix.equals(".gz") || suffix.isEmpty()
                    ? bytes.toByteArray()
                    : Compressed.bytes(bytes.toByteArray(), suffix);
        }

        /** Where each record begins. */
        List<Long> places(String suffix) throws IOException {
            List<Long> places = new ArrayList<>();
            long place = 0;
            for (byte[] record : records) {
                places.add(place);
                place += suffix.equals(".gz") ? Compressed.bytes(record, suffix).length : record.length;
            }
            return places;
        }
    }
}
