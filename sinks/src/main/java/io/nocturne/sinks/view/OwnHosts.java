package io.nocturne.sinks.view;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The host names under which the view may be asked for. The port is not compared: a tunnel may have another one.
 *
 * @param shown the name in the address that is printed
 * @param names all names, lower case, IPv6 addresses in brackets
 */
record OwnHosts(String shown, Set<String> names) {

    static OwnHosts of(LiveView.Settings settings) {
        Set<String> names = new HashSet<>(Set.of("localhost", "127.0.0.1", "[::1]"));
        settings.hosts().forEach(host -> names.add(host.toLowerCase(Locale.ROOT)));
        String shown = bracketed(settings.address());
        names.add(shown);
        try {
            InetAddress address = InetAddress.getByName(settings.address());
            names.add(bracketed(address.getHostAddress()));
            if (!address.isLoopbackAddress()) {
                String machine = InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT);
                names.add(machine);
                if (address.isAnyLocalAddress()) {
                    shown = machine;
                    NetworkInterface.networkInterfaces()
                            .flatMap(NetworkInterface::inetAddresses)
                            .forEach(own -> names.add(bracketed(own.getHostAddress())));
                }
            }
        } catch (UnknownHostException | SocketException e) {
            throw new IllegalArgumentException(
                    "The view's address '" + settings.address() + "' is not known on this machine", e);
        }
        return new OwnHosts(shown, Set.copyOf(names));
    }

    private static String bracketed(String address) {
        String plain = address.toLowerCase(Locale.ROOT);
        int zone = plain.indexOf('%');
        String unzoned = zone < 0 ? plain : plain.substring(0, zone);
        return unzoned.contains(":") ? "[" + unzoned + "]" : unzoned;
    }

    /** True if a request's Host header names us; null is nobody. */
    boolean own(String hostHeader) {
        if (hostHeader == null) {
            return false;
        }
        String name = hostHeader.toLowerCase(Locale.ROOT).replaceFirst(":\\d{1,5}$", "");
        return names.contains(name);
    }
}
