package io.sparktron.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.collective.HostIdentity;
import io.sparktron.tokens.InvalidInputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeatingTest {
    private static final String ALPHA = host("b-1", "pid:[1]", "alpha");
    private static final String BETA = host("b-2", "pid:[1]", "beta");

    /** Another container of alpha's machine. */
    private static final String POD = host("b-1", "pid:[2]", "pod");

    /** The hosts' slots as letters with a number; by rank, the host of each, with a bar between groups; and the groups that cross hosts. */
    @ParameterizedTest(name = "{0} in groups of {1}: {2}")
    @CsvSource({
        // one host
        "a4, 2, aa|aa, ''",
        "a1, 1, a, ''",
        "a6, 3, aaa|aaa, ''",
        // every host seats whole groups: whatever the numbers, none crosses
        "a2 b2, 2, aa|bb, ''",
        "a2 b4, 2, bb|bb|aa, ''",
        "a8 b4 c12, 4, cccc|cccc|cccc|aaaa|aaaa|bbbb, ''",
        "a1 b1 c1, 1, a|b|c, ''",
        "a1 b2, 1, b|b|a, ''",
        // some must cross, and no more than must
        "a3 b1, 2, aa|ab, 2-3",
        "a1 b3, 2, bb|ba, 2-3",
        "a1 b1, 2, ab, 0-1",
        "a1 b1 c2, 2, cc|ab, 2-3",
        "a3 b3, 2, aa|bb|ab, 4-5",
        "a5 b3, 4, aaaa|bbba, 4-7",
        "a3 b5 c1 d3, 4, bbbb|aaab|dddc, '4-7, 8-11'",
        // left-over seats: those that fill a group whole are kept together
        "a3 b2 c2 d1, 4, aaad|bbcc, '0-3, 4-7'",
        "a3 b3 c2, 4, aaac|bbbc, '0-3, 4-7'",
        "a2 b2 c2, 3, aab|ccb, '0-2, 3-5'",
    })
    void keepsGroupsOnAHostWheneverTheyFit(String slots, int group, String hosts, String crossing) {
        List<Seat> seats = new ArrayList<>();
        for (String host : slots.split(" ")) {
            String name = host.substring(0, 1);
            for (int i = Integer.parseInt(host.substring(1)); i > 0; i--) {
                seats.add(Seats.seat(host("boot-" + name, "pid:[1]", name), "" + i, 100 + i, seats.size()));
            }
        }
        for (int seed = 0; seed < 5; seed++) {
            Collections.shuffle(seats, new Random(seed));
            Seating seating = Seating.of(seats, group);
            assertThat(seating.byRank()).containsExactlyInAnyOrderElementsOf(seats);
            assertThat(letters(seating)).isEqualTo(hosts);
            List<String> said = Pattern.compile("ranks ([0-9]+-[0-9]+) \\(")
                    .matcher(seating.warning().orElse(""))
                    .results()
                    .map(found -> found.group(1))
                    .toList();
            assertThat(String.join(", ", said)).isEqualTo(crossing);
        }
    }

    private static String letters(Seating seating) {
        StringBuilder letters = new StringBuilder();
        for (int rank = 0; rank < seating.ranks(); rank++) {
            letters.append(rank > 0 && rank % seating.group() == 0 ? "|" : "")
                    .append(seating.byRank().get(rank).identity().name());
        }
        return letters.toString();
    }

    @Test
    void insideAHostExecutorsCountInTheOrderOfTheirNumbers() {
        Seating seating = seating(
                2,
                Seats.seat(BETA, "10", 5, 0),
                Seats.seat(ALPHA, "2", 7, 1),
                Seats.seat(BETA, "9", 6, 2),
                Seats.seat(ALPHA, "1", 8, 3));
        assertThat(seating.byRank()).extracting(Seat::host).containsExactly(ALPHA, ALPHA, BETA, BETA);
        assertThat(seating.byRank()).extracting(Seat::executor).containsExactly("1", "2", "9", "10");
    }

    @Test
    void countsTheRanksOfEachHost() {
        Seating seating = seating(
                1,
                Seats.seat(ALPHA, "1", 7, 0),
                Seats.seat(POD, "2", 8, 1),
                Seats.seat(ALPHA, "3", 9, 2),
                Seats.seat(ALPHA, "3", 9, 3));
        assertThat(List.of(0, 1, 2, 3)).extracting(seating::ranksOnHostOf).containsExactly(3, 3, 3, 1);
    }

    @Test
    void saysInOneLineWhatCarriesWhat() {
        assertThat(seating(1, Seats.seat(ALPHA, "1", 7, 0)).describe())
                .isEqualTo("rank 0 on host alpha: shared memory");
        assertThat(seating(1, Seats.seat(ALPHA, "1", 7, 0), Seats.seat(ALPHA, "2", 8, 1))
                        .describe())
                .isEqualTo("ranks 0-1 on host alpha: shared memory");
        assertThat(seating(1, Seats.seat(ALPHA, "1", 7, 0), Seats.seat(POD, "2", 8, 1))
                        .describe())
                .isEqualTo("rank 0 on host alpha, rank 1 on host pod: TCP");
        assertThat(seating(
                                2,
                                Seats.seat(ALPHA, "1", 7, 0),
                                Seats.seat(BETA, "2", 8, 1),
                                Seats.seat(ALPHA, "3", 9, 2),
                                Seats.seat(POD, "4", 9, 3),
                                Seats.seat(ALPHA, "5", 10, 4),
                                Seats.seat(POD, "6", 11, 5))
                        .describe())
                .isEqualTo("ranks 0-1 and 4 on host alpha, ranks 2-3 on host pod, rank 5 on host beta:"
                        + " shared memory inside a host, TCP between hosts");
    }

    @Test
    void manyHostsAreCountedNotListed() {
        List<Seat> seats = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            seats.add(Seats.seat(host("b-" + i, "pid:[1]", "host-" + i), "" + i, 7, i));
        }
        assertThat(Seating.of(seats, 1).describe())
                .contains("rank 15 on host ")
                .doesNotContain("rank 16 ")
                .endsWith(", the others on 24 more hosts: TCP");
        assertThat(Seating.of(seats, 2).warning().orElseThrow())
                .contains("ranks 30-31 (")
                .doesNotContain("32-33")
                .contains(" and 4 more groups");
    }

    @Test
    void groupsThatCrossHostsAreWarnedOfOrRefusedByName() {
        Seating crossing = seating(2, Seats.seat(ALPHA, "1", 7, 0), Seats.seat(BETA, "2", 8, 1));
        assertThat(crossing.warning().orElseThrow())
                .startsWith("warning: ")
                .contains("ranks 0-1 (alpha, beta)", "parallel.tensor = 2", "parallel.across-hosts");
        assertThatThrownBy(crossing::requireGroupsTogether)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("parallel.across-hosts", "ranks 0-1 (alpha, beta)", "parallel.tensor = 2");

        Seating together = seating(2, Seats.seat(ALPHA, "1", 7, 0), Seats.seat(ALPHA, "2", 8, 1));
        assertThat(together.warning()).isEmpty();
        assertThatCode(together::requireGroupsTogether).doesNotThrowAnyException();
    }

    @Test
    void groupsMustDivideTheRanks() {
        assertThatThrownBy(() -> seating(2, Seats.seat(ALPHA, "1", 7, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("1 ranks do not make groups of 2");
    }

    private static Seating seating(int group, Seat... seats) {
        return Seating.of(List.of(seats), group);
    }

    private static String host(String boot, String processes, String name) {
        return new HostIdentity(boot, processes, name).encode();
    }
}
