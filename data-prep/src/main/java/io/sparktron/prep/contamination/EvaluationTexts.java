package io.sparktron.prep.contamination;

import io.sparktron.prep.read.InputFile;
import io.sparktron.tokens.InvalidInputException;
import java.text.Normalizer;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * The evaluation texts in memory, ordered by location and text, so that nothing hangs on the order in which they were read. Texts are folded to
 * words with a space between them. Of a location the path alone is kept: hits and overlap are told by file.
 */
final class EvaluationTexts {
    /** Every executor holds them, with about 14 bytes a word besides. */
    static final long MOST_CHARACTERS = 1 << 28;

    private final String[] files;
    private final String[] folded;

    private EvaluationTexts(String[] files, String[] folded) {
        this.files = files;
        this.folded = folded;
    }

    /**
     * @param evaluation columns {@code location} and {@code text}; rows without text are passed over
     * @throws InvalidInputException if there are none, or too many to be held in memory
     */
    static EvaluationTexts collect(Dataset<Row> evaluation) {
        Dataset<Row> usable = evaluation
                .select("location", "text")
                .where(functions.col("text").isNotNull());
        Row total = usable.agg(functions.sum(functions.length(functions.col("text"))))
                .first();
        long characters = total.isNullAt(0) ? 0 : total.getLong(0);
        if (characters == 0) {
            throw new InvalidInputException(
                    "prep.decontaminate.input holds no text; legal: files with at least one evaluation text");
        }
        if (characters > MOST_CHARACTERS) {
            throw new InvalidInputException("prep.decontaminate.input holds " + characters
                    + " characters; legal: at most " + MOST_CHARACTERS + ", as every executor keeps them in memory");
        }
        List<Row> rows = usable.orderBy("location", "text").collectAsList();
        String[] files = new String[rows.size()];
        String[] folded = new String[rows.size()];
        for (int i = 0; i < files.length; i++) {
            files[i] = InputFile.pathOf(rows.get(i).getString(0));
            // The corpus is in form C already.
            String text = Normalizer.normalize(rows.get(i).getString(1), Normalizer.Form.NFC);
            folded[i] = Words.folded(text, 0, text.length());
        }
        return new EvaluationTexts(files, folded);
    }

    int size() {
        return folded.length;
    }

    String file(int text) {
        return files[text];
    }

    String folded(int text) {
        return folded[text];
    }
}
