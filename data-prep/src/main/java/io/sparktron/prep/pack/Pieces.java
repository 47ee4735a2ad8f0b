package io.sparktron.prep.pack;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;

/** What cuts leave of a text. Each piece is closed by an end-of-text of its own, and no sentence pair spans two. */
final class Pieces {
    private Pieces() {}

    /** @param document with the text (UTF-8) and the cuts in these columns */
    static List<String> of(Row document, int text, int cuts) {
        String whole = new String(document.<byte[]>getAs(text), StandardCharsets.UTF_8);
        return document.isNullAt(cuts) ? List.of(whole) : of(whole, document.getList(cuts));
    }

    /** @param cuts pairs from, to in UTF-16 units, in order and apart from each other */
    static List<String> of(String text, List<Integer> cuts) {
        List<String> pieces = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < cuts.size(); i += 2) {
            add(pieces, text.substring(from, cuts.get(i)));
            from = cuts.get(i + 1);
        }
        add(pieces, text.substring(from));
        return pieces;
    }

    private static void add(List<String> pieces, String piece) {
        if (!piece.isBlank()) {
            pieces.add(piece);
        }
    }
}
