/** Addresses that no Okta org has: this machine, private networks, and everything else that is not the public internet. */
import { BlockList, isIPv6 } from "node:net";

/** IANA's special-purpose address registries. */
const PRIVATE: readonly (readonly [network: string, prefix: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["::", 128],
  ["::1", 128],
  ["64:ff9b:1::", 48],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
];

const blocked = new BlockList();
for (const [network, prefix] of PRIVATE) blocked.addSubnet(network, prefix, isIPv6(network) ? "ipv6" : "ipv4");

/** Whether a resolved address is not on the public internet. IPv4 written as IPv6 (`::ffff:10.0.0.1`) is looked through. */
export function isPrivateAddress(address: string): boolean {
  return blocked.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}
