package io.sparktron.prep.read;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;

/** From the bytes of an HTML page to its main text. */
final class HtmlText {
    /** Bytes of a page: its tree takes about ten times as much memory. */
    static final int LARGEST_PAGE = 16 << 20;

    /** Bytes in which the character set must be declared, with some to spare (HTML Standard: 1,024). */
    private static final int DECLARATION = 4096;

    private static final Pattern DECLARED = Pattern.compile(
            "<(?:meta|\\?xml)[^>]{0,500}?(?:charset|encoding)\\s*=\\s*[\"']?\\s*([A-Za-z0-9_.:-]+)",
            Pattern.CASE_INSENSITIVE);

    private HtmlText() {}

    /**
     * The page in Unicode: by its byte order mark, else the transport's character set, else the one that it declares in its first 4 KB, else UTF-8. A
     * name that Java does not know counts as none. As in browsers, Latin-1 and ASCII mean Windows-1252, and what can be read is not UTF-16.
     *
     * @param transport from the HTTP header; null if there is none
     * @return empty if the bytes are not of that character set
     */
    static Optional<String> decode(byte[] bytes, String transport) {
        int mark = 0;
        Charset charset;
        if (startsWith(bytes, 0xEF, 0xBB, 0xBF)) {
            charset = StandardCharsets.UTF_8;
            mark = 3;
        } else if (startsWith(bytes, 0xFE, 0xFF) || startsWith(bytes, 0xFF, 0xFE)) {
            charset = bytes[0] == (byte) 0xFE ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_16LE;
            mark = 2;
        } else {
            charset = named(transport).or(() -> declared(bytes)).orElse(StandardCharsets.UTF_8);
        }
        try {
            ByteBuffer page = ByteBuffer.wrap(bytes, mark, bytes.length - mark);
            return Optional.of(charset.newDecoder().decode(page).toString());
        } catch (CharacterCodingException otherwise) {
            return Optional.empty();
        }
    }

    /** The main text by {@link MainText}; empty if the page has none. */
    static Optional<String> mainText(String page) {
        return MainText.of(TextBlocks.of(Jsoup.parse(page)));
    }

    private static Optional<Charset> declared(byte[] bytes) {
        String head = new String(bytes, 0, Math.min(bytes.length, DECLARATION), StandardCharsets.ISO_8859_1);
        Matcher matcher = DECLARED.matcher(head);
        if (!matcher.find()) {
            return Optional.empty();
        }
        // Bytes in which this could be read are of no wider character set.
        return named(matcher.group(1))
                .map(charset ->
                        charset.name().startsWith("UTF-16") || charset.name().startsWith("UTF-32")
                                ? StandardCharsets.UTF_8
                                : charset);
    }

    private static Optional<Charset> named(String name) {
        if (name == null) {
            return Optional.empty();
        }
        try {
            Charset charset = Charset.forName(name);
            boolean windows = charset.equals(StandardCharsets.ISO_8859_1) || charset.equals(StandardCharsets.US_ASCII);
            return Optional.of(windows ? Charset.forName("windows-1252") : charset);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException unknown) {
            return Optional.empty();
        }
    }

    private static boolean startsWith(byte[] bytes, int... start) {
        for (int i = 0; i < start.length; i++) {
            if (i >= bytes.length || (bytes[i] & 0xFF) != start[i]) {
                return false;
            }
        }
        return true;
    }
}
