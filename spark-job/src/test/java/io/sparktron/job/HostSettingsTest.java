package io.sparktron.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.collective.HostIdentity;
import io.sparktron.collective.Network;
import io.sparktron.tokens.InvalidInputException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostSettingsTest {
    private static final HostIdentity HERE = new HostIdentity("b-1", "pid:[1]", "alpha");
    private static final HostIdentity ELSEWHERE = new HostIdentity("b-2", "pid:[1]", "beta");

    /** Another container of this machine. */
    private static final HostIdentity POD = new HostIdentity("b-1", "pid:[2]", "pod");

    private static Map<String, List<InetAddress>> interfaces() throws UnknownHostException {
        Map<String, List<InetAddress>> interfaces = new LinkedHashMap<>();
        interfaces.put("lo", addresses("127.0.0.1", "::1"));
        interfaces.put("eth0", addresses("fe80::1", "fd00:1::7", "192.168.7.5"));
        interfaces.put("ib0", addresses("10.1.2.3", "10.1.130.4"));
        return interfaces;
    }

    private static List<InetAddress> addresses(String... literals) throws UnknownHostException {
        List<InetAddress> addresses = new ArrayList<>();
        for (String literal : literals) {
            addresses.add(InetAddress.getByName(literal));
        }
        return addresses;
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.0.0/16, 10.1.2.3",
        "10.1.128.0/17, 10.1.130.4",
        "10.1.130.4, 10.1.130.4",
        "10.1.130.4/32, 10.1.130.4",
        "192.168.7.1/29, 192.168.7.5",
        "0.0.0.0/0, 127.0.0.1",
        "fd00::/8, fd00:1:0:0:0:0:0:7",
        "eth0, 192.168.7.5",
        "ib0, 10.1.2.3",
        "lo, 127.0.0.1"
    })
    void choosesByPrefixOrInterface(String choice, String address) throws Exception {
        assertThat(new AddressChoice(choice).among(interfaces()).getHostAddress())
                .isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.2.0.0/16", "eth1", "fe80::/10", "10.1.2.4", "192.168.7.8/29"})
    void aChoiceThatFitsNothingIsRefusedWithWhatThereIs(String choice) throws Exception {
        Map<String, List<InetAddress>> interfaces = interfaces();
        assertThatThrownBy(() -> new AddressChoice(choice).among(interfaces))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("job.address = " + choice, "10.1.2.3 (ib0)", "192.168.7.5 (eth0)")
                .hasMessageNotContaining("fe80:0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "10.1.0.0/33",
                "10.1.0.0/-1",
                "10.1.0.0/x",
                "10.1.0.0/",
                "host.example/8",
                "a b",
                "300.1.2.3",
                "10.1/16",
                "1.5",
                "0",
                "::g/8",
                "fd00::/129"
            })
    void whatIsNoChoiceIsNotTaken(String choice) {
        assertThatThrownBy(() -> new AddressChoice(choice)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void thisHostHasALoopbackAddress() {
        assertThat(new AddressChoice("127.0.0.0/8").here()).isEqualTo(InetAddress.getLoopbackAddress());
    }

    @ParameterizedTest
    @CsvSource({"20000-20100, 20000, 20100", "20000, 20000, 20000", "1-65535, 1, 65535"})
    void readsPorts(String text, int first, int last) {
        assertThat(PortRange.parse(text)).isEqualTo(new PortRange(first, last));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0-0", "20100-20000", "1-65536", "-5", "20000-", "a-b", ""})
    void refusesWhatIsNoPorts(String text) {
        assertThatThrownBy(() -> PortRange.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRankListensWhereSparkReachesItsExecutor() {
        HostSettings settings = settings(null);
        Network network = settings.network("127.0.0.3", HERE, List.of(HERE, POD), "secret");
        assertThat(network).isEqualTo(new Network("127.0.0.3", 20_000, 20_100, "secret", Duration.ofSeconds(7)));
        assertThat(settings.network("[::1]", HERE, List.of(HERE, POD), "").address())
                .isEqualTo("0:0:0:0:0:0:0:1");
    }

    @Test
    void theNameOfAnExecutorWhoseRanksShareAHostNeedNotResolve() {
        assertThat(settings(null)
                        .network("no-such-host.invalid", HERE, List.of(HERE, HERE), "")
                        .address())
                .isEqualTo("no-such-host.invalid");
        assertThatThrownBy(() -> settings(null).network("no-such-host.invalid", HERE, List.of(HERE, POD), ""))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("job.address", "no-such-host.invalid");
    }

    @Test
    void aLoopbackAddressIsNoPlaceToMeetOtherMachines() {
        List<HostIdentity> all = List.of(HERE, ELSEWHERE);
        assertThatThrownBy(() -> settings(null).network("localhost", HERE, all, ""))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("job.address is not set", "alpha", "127.0.0.1 (localhost)");
        assertThatThrownBy(() -> settings(new AddressChoice("127.0.0.0/8")).network("10.1.2.3", HERE, all, ""))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("job.address = 127.0.0.0/8");
    }

    @Test
    void everyAttemptHasItsOwnSecretWhichIsNotShown() {
        String secret = HostSettings.newSecret();
        assertThat(secret).hasSize(64).isNotEqualTo(HostSettings.newSecret());
        Network network = settings(null).network("127.0.0.3", HERE, List.of(HERE), secret);
        assertThat(network.toString()).contains("127.0.0.3", "20000").doesNotContain(secret);
    }

    private static HostSettings settings(AddressChoice address) {
        return new HostSettings(
                HostsBy.KERNEL, AcrossHosts.WARNED, address, new PortRange(20_000, 20_100), Duration.ofSeconds(7));
    }
}
