package io.sparktron.prep.duplicates;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Who is kept and who is dropped, as far as the similar pairs found so far decide it. A document is dropped if a similar one that precedes it is kept;
 * it is kept if all such are dropped and no more can be found (it is not open). What is decided stays so.
 *
 * <p>Few undecided pairs are decided by the driver, in one pass in order of precedence; many by steps in Spark until few are left or nothing changes.
 */
final class Settlement {
    static final StructType DECIDED = new StructType()
            .add("id", DataTypes.LongType, false)
            .add("kept", DataTypes.BooleanType, false)
            .add("survivor_rank", DataTypes.LongType, true)
            .add(
                    "survivor",
                    DataTypes.LongType,
                    true); // of a dropped document: one that is kept, perhaps not the first

    private Settlement() {}

    /**
     * @param similar rows of {@link Verification#VERIFIED}
     * @param decided rows of {@link #DECIDED}
     * @param open {@code id} of documents that may yet find a partner that precedes them
     * @param driverPairs undecided pairs at most that the driver decides
     * @return {@code decided} and what more is decided
     */
    static Dataset<Row> settle(
            Dataset<Row> similar, Dataset<Row> decided, Dataset<Row> open, Lineage lineage, long driverPairs) {
        Dataset<Row> all = decided;
        while (true) {
            Dataset<Row> pending = lineage.cut(pending(similar, all, open));
            long pairs = pending.count();
            if (pairs == 0) {
                return all;
            }
            if (pairs <= driverPairs) {
                List<Row> more = onDriver(pending.collectAsList());
                return lineage.cut(all.union(pending.sparkSession().createDataFrame(more, DECIDED)));
            }
            Dataset<Row> more = lineage.cut(step(pending));
            if (more.isEmpty()) {
                return all; // what is left waits for open documents
            }
            all = lineage.cut(all.union(more));
        }
    }

    /** Pairs of an undecided member and a centre that is kept or undecided. */
    static Dataset<Row> pending(Dataset<Row> similar, Dataset<Row> decided, Dataset<Row> open) {
        return similar.join(as(decided, "member", "member_kept"), seq("member"), "left")
                .filter(col("member_kept").isNull())
                .join(as(decided, "centre", "centre_kept"), seq("centre"), "left")
                .filter(coalesce(col("centre_kept"), lit(true)))
                .join(flagged(open, "member", "member_open"), seq("member"), "left")
                .join(flagged(open, "centre", "centre_open"), seq("centre"), "left")
                .select(
                        col("member"),
                        col("member_rank"),
                        coalesce(col("member_open"), lit(false)).as("member_open"),
                        col("centre"),
                        col("centre_rank"),
                        coalesce(col("centre_open"), lit(false)).as("centre_open"),
                        col("centre_kept").isNotNull().as("centre_kept"));
    }

    /** Members of a kept centre are dropped; closed centres that wait for nobody are kept. */
    private static Dataset<Row> step(Dataset<Row> pending) {
        Column kept = when(col("centre_kept"), struct("centre_rank", "centre"));
        Dataset<Row> members =
                pending.groupBy(col("member").as("id")).agg(min(kept).as("survivor"));
        Dataset<Row> dropped = members.filter(col("survivor").isNotNull())
                .select(col("id"), lit(false), col("survivor.centre_rank"), col("survivor.centre"));
        Dataset<Row> first = pending.filter(not(col("centre_kept")).and(not(col("centre_open"))))
                .select(col("centre").as("id"))
                .distinct()
                .join(members, seq("id"), "left_anti")
                .select(
                        col("id"),
                        lit(true),
                        lit(null).cast("bigint"),
                        lit(null).cast("bigint"));
        return dropped.union(first);
    }

    private record Node(long rank, long id) implements Comparable<Node> {
        @Override
        public int compareTo(Node other) {
            int byRank = Long.compare(rank, other.rank);
            return byRank != 0 ? byRank : Long.compare(id, other.id);
        }
    }

    private static final class State {
        private boolean open;
        private Boolean kept;
        private final List<Node> before = new ArrayList<>();
    }

    private static List<Row> onDriver(List<Row> pending) {
        Map<Node, State> states = new TreeMap<>();
        Map<Long, Boolean> prior = new HashMap<>();
        for (Row pair : pending) {
            Node centre = new Node(pair.getLong(4), pair.getLong(3));
            State ofCentre = states.computeIfAbsent(centre, node -> new State());
            ofCentre.open = pair.getBoolean(5);
            if (pair.getBoolean(6)) {
                ofCentre.kept = true;
                prior.put(centre.id, true);
            }
            State ofMember = states.computeIfAbsent(new Node(pair.getLong(1), pair.getLong(0)), node -> new State());
            ofMember.open = pair.getBoolean(2);
            ofMember.before.add(centre);
        }
        List<Row> decided = new ArrayList<>();
        states.forEach((node, state) -> {
            if (!prior.containsKey(node.id)) {
                decide(node, state, states, decided);
            }
        });
        return decided;
    }

    private static void decide(Node node, State state, Map<Node, State> states, List<Row> decided) {
        Node survivor = null;
        boolean waits = state.open;
        for (Node centre : state.before) {
            Boolean kept = states.get(centre).kept;
            waits |= kept == null;
            if (kept != null && kept && (survivor == null || centre.compareTo(survivor) < 0)) {
                survivor = centre;
            }
        }
        if (survivor != null) {
            state.kept = false;
            decided.add(RowFactory.create(node.id, false, survivor.rank, survivor.id));
        } else if (!waits) {
            state.kept = true;
            decided.add(RowFactory.create(node.id, true, null, null));
        }
    }

    private static Dataset<Row> as(Dataset<Row> decided, String id, String kept) {
        return decided.select(col("id").as(id), col("kept").as(kept));
    }

    private static Dataset<Row> flagged(Dataset<Row> open, String id, String flag) {
        return open.select(col("id").as(id), lit(true).as(flag));
    }

    private static String[] seq(String column) {
        return new String[] {column};
    }
}
