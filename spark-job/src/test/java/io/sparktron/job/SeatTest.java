package io.sparktron.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.collective.HostIdentity;
import io.sparktron.tokens.InvalidInputException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SeatTest {
    private static final String ALPHA = new HostIdentity("b-1", "pid:[1]", "alpha").encode();
    private static final String BETA = new HostIdentity("b-2", "pid:[1]", "beta").encode();

    /** Another container of the same machine. */
    private static final String POD = new HostIdentity("b-1", "pid:[2]", "alpha").encode();

    @Test
    void ranksOfOneHostAreConsecutiveWhateverTheirPartitions() {
        List<Seat> ranks = byRank(
                new Seat(BETA, "10", 5, 0),
                new Seat(ALPHA, "2", 7, 1),
                new Seat(BETA, "9", 6, 2),
                new Seat(ALPHA, "1", 8, 3));
        assertThat(ranks).extracting(Seat::host).containsExactly(ALPHA, ALPHA, BETA, BETA);
        assertThat(ranks).extracting(Seat::executor).containsExactly("1", "2", "9", "10");
    }

    @Test
    void aSeatSurvivesItsWord() {
        Seat seat = new Seat(new HostIdentity("b", "pid:[1]", "a name/with a blank").encode(), "driver", 12, 3);
        assertThat(Seat.decode(seat.encode())).isEqualTo(seat);
    }

    @Test
    void ranksOfOneHostAreAccepted() {
        assertThatCode(() -> Seat.requireOneHost(byRank(new Seat(ALPHA, "1", 7, 0), new Seat(ALPHA, "2", 8, 1))))
                .doesNotThrowAnyException();
    }

    @Test
    void ranksOnTwoHostsAreRefusedWithBothNames() {
        List<Seat> ranks = byRank(new Seat(ALPHA, "1", 7, 0), new Seat(BETA, "2", 8, 1), new Seat(ALPHA, "3", 9, 2));
        assertThatThrownBy(() -> Seat.requireOneHost(ranks))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("ranks 0 to 1 on alpha", "ranks 2 to 2 on beta", "must be on one");
    }

    @Test
    void twoContainersOfOneMachineAreTwoHosts() {
        List<Seat> ranks = byRank(new Seat(ALPHA, "1", 7, 0), new Seat(POD, "2", 8, 1));
        assertThatThrownBy(() -> Seat.requireOneHost(ranks)).hasMessageContaining("on 2 hosts");
    }

    private static List<Seat> byRank(Seat... seats) {
        return Seat.byRank(Stream.of(seats).map(Seat::encode).toArray(String[]::new));
    }
}
