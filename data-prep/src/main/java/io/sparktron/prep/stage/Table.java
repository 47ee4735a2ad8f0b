package io.sparktron.prep.stage;

import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/** The stored rows of a stage. */
public final class Table implements Input {
    private final SparkSession spark;
    private final Path folder;
    private final StageManifest manifest;
    private final boolean forced;

    Table(SparkSession spark, Path folder, StageManifest manifest, boolean forced) {
        this.spark = spark;
        this.folder = folder;
        this.manifest = manifest;
        this.forced = forced;
    }

    /** The rows, read from storage each time. */
    public Dataset<Row> rows() {
        StructType schema = (StructType) DataType.fromJson(manifest.schema());
        Path data = new Path(folder, manifest.data());
        return spark.read()
                .schema(schema)
                .option("ignoreCorruptFiles", "false")
                .option("ignoreMissingFiles", "false")
                .parquet(manifest.files().stream()
                        .map(file -> HadoopPaths.withoutGlob(new Path(data, file.path()).toString()))
                        .toArray(String[]::new));
    }

    @Override
    public String name() {
        return manifest.name();
    }

    @Override
    public String hash() {
        return manifest.hash();
    }

    @Override
    public long textBytes() {
        return manifest.textBytes();
    }

    @Override
    public boolean isForced() {
        return forced;
    }

    /** How many rows. */
    public long count() {
        return manifest.rows();
    }

    public Path folder() {
        return folder;
    }
}
