package io.sparktron.prep;

import java.io.PrintStream;
import org.apache.spark.sql.SparkSession;

/** The {@code prep} command: corpus to token dataset and report. */
public final class Prep {
    private Prep() {}

    public static PrepReport run(SparkSession spark, PrepSettings settings, PrintStream out) {
        throw new UnsupportedOperationException("prep comes with the next commit");
    }
}
