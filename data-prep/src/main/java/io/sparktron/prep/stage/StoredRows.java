package io.sparktron.prep.stage;

import io.sparktron.storage.Storage;
import java.io.IOException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RuntimeConfig;
import scala.Option;

/** Rows as Parquet files in a new folder. */
public final class StoredRows {
    private static final String COMMIT = "spark.sql.sources.commitProtocolClass";

    private StoredRows() {}

    /** Writes them by renaming where files grow, and elsewhere, on object stores, {@link DirectCommit directly}. */
    public static void write(Dataset<Row> rows, Path folder) throws IOException {
        if (Storage.growsFiles(folder, rows.sparkSession().sparkContext().hadoopConfiguration())) {
            parquet(rows, folder);
            return;
        }
        RuntimeConfig configuration = rows.sparkSession().conf();
        Option<String> before = configuration.getOption(COMMIT);
        configuration.set(COMMIT, DirectCommit.class.getName());
        try {
            parquet(rows, folder);
        } finally {
            if (before.isDefined()) {
                configuration.set(COMMIT, before.get());
            } else {
                configuration.unset(COMMIT);
            }
        }
    }

    private static void parquet(Dataset<Row> rows, Path folder) {
        rows.write().option("compression", "zstd").parquet(folder.toString());
    }
}
