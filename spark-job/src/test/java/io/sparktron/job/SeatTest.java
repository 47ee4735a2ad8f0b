package io.sparktron.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.collective.HostIdentity;
import io.sparktron.rank.GpuOffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeatTest {
    @Test
    void aSeatSurvivesItsWord() {
        String host = new HostIdentity("b", "pid:[1]", "a name/with a blank").encode();
        for (GpuOffer gpus : List.of(
                new GpuOffer.None("cannot load libcuda.so.1; install it"),
                Seats.given("GPU-1"),
                Seats.shared("GPU-1", "GPU-2"))) {
            Seat seat = new Seat(host, "driver", 12, 3, gpus);
            assertThat(Seat.decode(seat.encode())).isEqualTo(seat);
        }
    }

    @Test
    void aKernelIsOneHostWhateverTheAddress() {
        assertThat(HostsBy.KERNEL.identity("10.0.0.1")).isEqualTo(HostsBy.KERNEL.identity("10.0.0.2"));
    }

    @Test
    void eachAddressIsAHostOfItsName() {
        HostIdentity one = HostsBy.ADDRESS.identity("127.0.0.2");
        HostIdentity other = HostsBy.ADDRESS.identity("127.0.0.3");
        assertThat(one.name()).isEqualTo("127.0.0.2");
        assertThat(one.sharesMemoryWith(other)).isFalse();
        assertThat(one.sharesMemoryWith(HostsBy.ADDRESS.identity("127.0.0.2"))).isTrue();
        assertThat(HostIdentity.decode(one.encode())).isEqualTo(one);
    }
}
