package io.sparktron.prep.duplicates;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;

/** The order in which documents are kept: most characters first, then the smaller priority, then the smaller id. */
final class Precedence {
    private static final long MOST_CHARACTERS = Integer.MAX_VALUE; // a Java string holds no more

    private Precedence() {}

    /** A BIGINT that is smaller for a document that precedes; equal ranks are ordered by id. */
    static Column rank(Column characters, Column priority) {
        Column fewer =
                functions.lit(MOST_CHARACTERS).minus(functions.least(characters, functions.lit(MOST_CHARACTERS)));
        return functions
                .shiftleft(fewer, Integer.SIZE)
                .plus(priority.cast("bigint").minus((long) Integer.MIN_VALUE));
    }

    static boolean precedes(long rank, long id, long otherRank, long otherId) {
        return rank < otherRank || (rank == otherRank && id < otherId);
    }
}
