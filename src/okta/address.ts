/** Addresses that no Okta org has: this machine, private networks, and everything else that is not the public internet. */
import { lookup as resolveName } from "node:dns";
import { BlockList, isIPv6, type LookupFunction } from "node:net";

type Network = readonly [network: string, prefix: number];

/** IANA's registry of special IPv4 addresses, multicast and what was never given out. */
const SPECIAL_IPV4: readonly Network[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];
/** Where NAT64 puts IPv4: on a network without any, this is how a public address of IPv4 looks. */
const NAT64 = { network: "64:ff9b::", prefix: 96 } as const;
/** All of IPv6 that is public: what IANA gives out. IPv4 written as IPv6 (`::ffff:8.8.8.8`) and behind NAT64 is as public as it is itself. */
const PUBLIC_IPV6: readonly Network[] = [
  ["2000::", 3],
  ["::ffff:0:0", 96],
  [NAT64.network, NAT64.prefix],
];
/** But for these: Teredo and others of the IETF, examples in documents, and 6to4, whose router may be inside. */
const SPECIAL_IPV6: readonly Network[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

const blocked = new BlockList();
for (const [network, prefix] of SPECIAL_IPV4) {
  // This looks through `::ffff:10.0.0.1` by itself.
  blocked.addSubnet(network, prefix, "ipv4");
  blocked.addSubnet(`${NAT64.network}${network}`, NAT64.prefix + prefix, "ipv6");
}
for (const [network, prefix] of SPECIAL_IPV6) blocked.addSubnet(network, prefix, "ipv6");

const open = new BlockList();
for (const [network, prefix] of PUBLIC_IPV6) open.addSubnet(network, prefix, "ipv6");

/** Whether a resolved address is not on the public internet. An IPv4 address within an IPv6 one is looked through. */
export function isPrivateAddress(address: string): boolean {
  if (!isIPv6(address)) return blocked.check(address, "ipv4");
  return blocked.check(address, "ipv6") || !open.check(address, "ipv6");
}

/**
 * Resolves a name and refuses private addresses at the moment of connecting, so that a name cannot be re-pointed in between.
 * `refusal`: what a name is refused with.
 */
export function publicLookup(refusal: (hostname: string) => Error): LookupFunction {
  return (hostname, options, callback) => {
    resolveName(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, "");
      if (addresses.some(({ address }) => isPrivateAddress(address))) return callback(refusal(hostname), "");
      if (options.all === true) return callback(null, addresses);
      callback(null, addresses[0]?.address ?? "", addresses[0]?.family ?? 4);
    });
  };
}
