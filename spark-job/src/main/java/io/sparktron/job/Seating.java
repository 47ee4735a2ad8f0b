package io.sparktron.job;

import io.sparktron.collective.HostIdentity;
import io.sparktron.rank.GpuChoice;
import io.sparktron.rank.GpuUse;
import io.sparktron.tokens.InvalidInputException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which rank sits where. Ranks come in groups of consecutive ones that should share a host, since they exchange much (paper, Fig. 8). A host seats as many
 * whole groups as it can; what is left over on several hosts makes the last groups, of as few hosts as a simple rule finds.
 *
 * @param byRank the seats of all ranks
 * @param group ranks of a group
 */
record Seating(List<Seat> byRank, int group) {
    /** So many hosts are named before the rest is counted. */
    private static final int NAMED = 16;

    private static final Comparator<Seat> INSIDE_A_HOST = Comparator.comparing(
                    (Seat seat) -> seat.executor().length())
            .thenComparing(Seat::executor)
            .thenComparing(Seat::process)
            .thenComparing(Seat::partition);

    /** The seats of one host that have no rank yet. */
    private record Host(String name, List<Seat> free) {
        static Host of(List<Seat> seats) {
            List<Seat> ordered =
                    new ArrayList<>(seats.stream().sorted(INSIDE_A_HOST).toList());
            String name = seats.stream()
                    .map(seat -> seat.identity().name())
                    .min(Comparator.naturalOrder())
                    .orElseThrow();
            return new Host(name, ordered);
        }

        int left() {
            return free.size();
        }

        List<Seat> take(int count) {
            List<Seat> taken = List.copyOf(free.subList(0, count));
            free.subList(0, count).clear();
            return taken;
        }
    }

    /**
     * The same for the same seats, whatever their order: every rank decides it for itself.
     *
     * @param seats as many as ranks
     * @param group divides their number
     */
    static Seating of(Collection<Seat> seats, int group) {
        if (seats.size() % group != 0) {
            throw new IllegalArgumentException(seats.size() + " ranks do not make groups of " + group);
        }
        List<Host> hosts = seats.stream().collect(Collectors.groupingBy(Seating::placeOf)).entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> Host.of(entry.getValue()))
                .sorted(Comparator.comparing(Host::left).reversed().thenComparing(Host::name))
                .toList();
        List<Seat> byRank = new ArrayList<>();
        hosts.forEach(host -> byRank.addAll(host.take(host.left() / group * group)));
        while (byRank.size() < seats.size()) {
            int missing = group - byRank.size() % group;
            Host host = next(hosts, missing);
            byRank.addAll(host.take(Math.min(missing, host.left())));
        }
        return new Seating(List.copyOf(byRank), group);
    }

    /** Whose left-over seats a group takes next: of those that fit whole the most, else part of the fewest. */
    private static Host next(List<Host> hosts, int missing) {
        Optional<Host> fitting = hosts.stream()
                .filter(host -> host.left() > 0 && host.left() <= missing)
                .max(Comparator.comparing(Host::left));
        return fitting.orElseGet(() -> hosts.stream()
                .filter(host -> host.left() > 0)
                .min(Comparator.comparing(Host::left))
                .orElseThrow());
    }

    /** Equal where memory can be shared. */
    private static String placeOf(Seat seat) {
        return seat.identity().boot() + "/" + seat.identity().processes();
    }

    int ranks() {
        return byRank.size();
    }

    /** Ranks on the host of a rank, itself included. */
    int ranksOnHostOf(int rank) {
        return ranksByHost().get(placeOf(byRank.get(rank))).size();
    }

    List<HostIdentity> hosts() {
        return byRank.stream().map(Seat::identity).toList();
    }

    /**
     * What the ranks compute on.
     *
     * @throws InvalidInputException if some have a GPU and others not, or two the same
     */
    GpuChoice gpus(GpuUse use) {
        return GpuChoice.of(
                use,
                byRank.stream().map(Seat::gpus).toList(),
                byRank.stream().map(seat -> seat.identity().name()).toList());
    }

    /** One line: which ranks are on which host, and what carries their collectives. */
    String describe() {
        List<List<Integer>> hosts = List.copyOf(ranksByHost().values());
        List<String> named =
                new ArrayList<>(hosts.stream().limit(NAMED).map(this::describe).toList());
        if (hosts.size() > NAMED) {
            named.add("the others on " + (hosts.size() - NAMED) + " more hosts");
        }
        return String.join(", ", named) + ": "
                + (hosts.size() == 1
                        ? "shared memory"
                        : hosts.size() == ranks() ? "TCP" : "shared memory inside a host, TCP between hosts");
    }

    /** What is to be said, in one line, of groups that cross hosts; empty if there are none. */
    Optional<String> warning() {
        return crossing()
                .map(groups -> "warning: ranks that share every layer are on several hosts, so their sums go over TCP: "
                        + groups + "; " + remedy() + ", or say parallel.across-hosts = true");
    }

    /** Fails if a group crosses hosts. */
    void requireGroupsTogether() {
        crossing().ifPresent(groups -> {
            throw new InvalidInputException(
                    "parallel.across-hosts must be true where ranks that share every layer are on several hosts: "
                            + groups + "; or " + remedy());
        });
    }

    private String remedy() {
        return "give every host a multiple of parallel.tensor = " + group + " slots";
    }

    private Optional<String> crossing() {
        List<String> crossing = IntStream.range(0, ranks() / group)
                .mapToObj(each -> byRank.subList(each * group, (each + 1) * group))
                .filter(seats -> seats.stream().map(Seating::placeOf).distinct().count() > 1)
                .map(seats -> "ranks " + byRank.indexOf(seats.get(0)) + "-" + byRank.indexOf(seats.get(group - 1))
                        + " (" + names(seats) + ")")
                .toList();
        String more = crossing.size() > NAMED ? " and " + (crossing.size() - NAMED) + " more groups" : "";
        return crossing.isEmpty()
                ? Optional.empty()
                : Optional.of(crossing.stream().limit(NAMED).collect(Collectors.joining(", ")) + more);
    }

    private static String names(List<Seat> seats) {
        return seats.stream().map(seat -> seat.identity().name()).distinct().collect(Collectors.joining(", "));
    }

    /** By host, in the order of their first ranks. */
    private Map<String, List<Integer>> ranksByHost() {
        return IntStream.range(0, ranks())
                .boxed()
                .collect(Collectors.groupingBy(
                        rank -> placeOf(byRank.get(rank)), LinkedHashMap::new, Collectors.toList()));
    }

    private String describe(List<Integer> ranks) {
        List<String> runs = new ArrayList<>();
        int first = 0;
        for (int i = 1; i <= ranks.size(); i++) {
            if (i == ranks.size() || ranks.get(i) != ranks.get(i - 1) + 1) {
                runs.add(first == i - 1 ? "" + ranks.get(first) : ranks.get(first) + "-" + ranks.get(i - 1));
                first = i;
            }
        }
        return (ranks.size() == 1 ? "rank " : "ranks ") + String.join(" and ", runs) + " on host "
                + byRank.get(ranks.get(0)).identity().name();
    }
}
