package io.sparktron.prep.duplicates;

import static org.apache.spark.sql.functions.bit_xor;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Connected components, each named by its smallest node: few edges by union-find on the driver, many by alternating large-star and small-star steps
 * (Kiveris et al., "Connected Components in MapReduce and Beyond", 2014), which need about log n rounds whatever the diameter.
 */
final class Components {
    private static final StructType CLUSTERS =
            new StructType().add("id", DataTypes.LongType, false).add("cluster", DataTypes.LongType, false);

    private Components() {}

    /**
     * @param edges {@code a, b}, different from each other
     * @return {@code id, cluster} of every node
     */
    static Dataset<Row> of(Dataset<Row> edges, Lineage lineage, long driverEdges) {
        if (edges.count() <= driverEdges) {
            return edges.sparkSession().createDataFrame(unionFind(edges.collectAsList()), CLUSTERS);
        }
        // Downward edges: a > b.
        Dataset<Row> down = lineage.cut(
                edges.select(greatest("a", "b").as("a"), least("a", "b").as("b"))
                        .distinct());
        Row before = digest(down);
        while (true) {
            down = lineage.cut(smallStar(largeStar(down)));
            Row now = digest(down);
            if (now.equals(before)) {
                break;
            }
            before = now;
        }
        Dataset<Row> roots = down.select(col("b").as("id"), col("b").as("cluster"));
        return down.select(col("a").as("id"), col("b").as("cluster"))
                .union(roots)
                .distinct();
    }

    /** Every larger neighbour of a node is tied to the smallest of node and neighbours. */
    private static Dataset<Row> largeStar(Dataset<Row> down) {
        Dataset<Row> both = down.union(down.select(col("b").as("a"), col("a").as("b")));
        Dataset<Row> smallest = both.groupBy("a")
                .agg(min("b").as("b"))
                .select(col("a"), least("a", "b").as("smallest"));
        return both.join(smallest, "a")
                .filter(col("b").gt(col("a")))
                .select(col("b").as("a"), col("smallest").as("b"))
                .distinct();
    }

    /** Node and smaller neighbours are tied to the smallest of them. */
    private static Dataset<Row> smallStar(Dataset<Row> down) {
        Dataset<Row> smallest = down.groupBy("a").agg(min("b").as("smallest"));
        Dataset<Row> neighbours = down.join(smallest, "a")
                .filter(col("b").notEqual(col("smallest")))
                .select(col("b").as("a"), col("smallest").as("b"));
        return neighbours
                .union(smallest.select(col("a"), col("smallest").as("b")))
                .distinct();
    }

    private static Row digest(Dataset<Row> edges) {
        return edges.agg(count(lit(1)), coalesce(bit_xor(xxhash64(col("a"), col("b"))), lit(0L)))
                .head();
    }

    private static List<Row> unionFind(List<Row> edges) {
        Map<Long, Long> parents = new HashMap<>();
        for (Row edge : edges) {
            long a = root(parents, edge.getLong(0));
            long b = root(parents, edge.getLong(1));
            parents.put(Math.max(a, b), Math.min(a, b)); // so a root is the smallest of its tree
        }
        List<Row> clusters = new ArrayList<>();
        for (long node : new ArrayList<>(parents.keySet())) {
            clusters.add(RowFactory.create(node, root(parents, node)));
        }
        return clusters;
    }

    private static long root(Map<Long, Long> parents, long node) {
        long at = node;
        while (true) {
            long parent = parents.computeIfAbsent(at, key -> key);
            if (parent == at) {
                return at;
            }
            long above = parents.get(parent);
            parents.put(at, above); // halves the path
            at = above;
        }
    }
}
