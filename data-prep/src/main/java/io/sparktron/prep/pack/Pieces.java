package io.sparktron.prep.pack;

import io.sparktron.prep.contamination.Cuts;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.spark.sql.Row;

/** What is left of a text that may be cut. Each piece is closed by an end-of-text of its own, and no sentence pair spans two. */
final class Pieces {
    private Pieces() {}

    /** @param document with the text (UTF-8) and the cuts in these columns */
    static List<String> of(Row document, int text, int cuts) {
        String whole = new String(document.<byte[]>getAs(text), StandardCharsets.UTF_8);
        return document.isNullAt(cuts) ? List.of(whole) : Cuts.apply(whole, document.getList(cuts));
    }
}
