package io.sparktron.prep.duplicates;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Computes a table and forgets how, so that the plans of many rounds do not pile up: into files where the Spark context has a checkpoint folder
 * (then a lost executor costs only its tasks), else into the executors' memory and disks (then it costs the stage).
 */
final class Lineage {
    private final boolean reliable;

    Lineage(boolean reliable) {
        this.reliable = reliable;
    }

    Dataset<Row> cut(Dataset<Row> table) {
        return reliable ? table.checkpoint(true) : table.localCheckpoint(true, StorageLevel.MEMORY_AND_DISK());
    }
}
