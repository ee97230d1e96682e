import { boolean, type Field, integer, json, list, number, struct, text, timestamp } from "../../core/column.ts";
import type { Stream } from "../../core/stream.ts";

// Recorded: `target[].detailEntry.clientsecret`. What is free-form in an event is cleared like an app's settings.
const free = (about: string): Field => json(about, { secrets: "drop" });

const place = struct("Where the address is, as far as it can be told; may be missing.", {
  city: text("City."),
  state: text("State or province."),
  country: text("Country, by its full name."),
  postalCode: text("Postal code."),
  geolocation: struct("Coordinates.", {
    lat: number("Latitude in degrees."),
    lon: number("Longitude in degrees."),
  }),
});

const network = struct("What is known about the network that the address belongs to.", {
  asNumber: integer("Number of the autonomous system."),
  asOrg: text("Organization that runs the autonomous system."),
  isp: text("Internet provider."),
  domain: text("Domain of the address."),
  ipServiceCategories: list(
    "Anonymizing services that the address is known for.",
    struct("One service.", {
      type: text("`VPN`, `Proxy`, `Tor`, `Residential Proxy` or `Blockchain VPN`."),
      operator: text("Who runs it."),
      isAnonymous: boolean("True when it hides who uses it."),
    }),
  ),
});

export const logs: Stream = {
  table: "logs",
  about: "The org's system log: who did what to whom, from where and with what result.",
  docs: "https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog/",
  key: "uuid",
  incrementalField: "published",
  columns: {
    uuid: text("Okta's identifier of the event."),
    published: timestamp("When the event happened."),
    eventType: text("Kind of event, such as `user.session.start`."),
    version: text("Version of the event's shape."),
    severity: text("`DEBUG`, `INFO`, `WARN` or `ERROR`."),
    legacyEventType: text("Name of the same kind of event in Okta's former Events API."),
    displayMessage: text("What happened, in a few words."),
    actor: struct("Who did it.", {
      id: text("Identifier of the actor."),
      type: text("Kind of actor, such as `User`, `SystemPrincipal` or `PublicClientApp`."),
      alternateId: text("Name that the actor signs in with, mostly an email address."),
      displayName: text("Name that people see."),
      detailEntry: free("Further details by kind of actor."),
    }),
    client: struct("The program that asked, and where it ran; its fields are null for events of the system itself.", {
      userAgent: struct("What the program says it is.", {
        rawUserAgent: text("The `User-Agent` header."),
        os: text("Operating system, read from it."),
        browser: text("Browser, read from it."),
      }),
      zone: text("Name of the network zone; Okta also sends the word `null`."),
      device: text("Kind of device, such as `Computer`."),
      id: text("Identifier of the OAuth client or API token."),
      ipAddress: text("Address that the request came from."),
      geographicalContext: place,
    }),
    device: struct("The device registered with Okta Verify that took part, if any.", {
      id: text("Identifier of the device."),
      name: text("Name of the device."),
      os_platform: text("Operating system."),
      os_version: text("Version of the operating system."),
      managed: boolean("True when device management covers the device."),
      registered: boolean("True when the device is registered with the org."),
      device_integrator: free("What endpoint security and management said about the device, often JSON within a text."),
      disk_encryption_type: text("How the disk is encrypted."),
      screen_lock_type: text("How the screen is locked."),
      jailbreak: boolean("True when the maker's restrictions were removed."),
      secure_hardware_present: boolean("True when the device has secure hardware."),
    }),
    authenticationContext: struct("How the actor had signed in.", {
      authenticationProvider: text("Who checked, such as `OKTA_AUTHENTICATION_PROVIDER`."),
      credentialProvider: text("Who issued the credential."),
      credentialType: text("Kind of credential, such as `PASSWORD` or `OTP`."),
      issuer: struct("Issuer of a federated sign-in.", {
        id: text("Identifier of the issuer, by kind of sign-in."),
        type: text("Kind of issuer."),
      }),
      interface: text("Interface of a third party used to sign in, such as `Outlook`."),
      authenticationStep: integer("Step of the sign-in; Okta always sends 0."),
      rootSessionId: text("Session from which this one was derived."),
      externalSessionId: text("Stands for the actor's session, the same in all its events."),
    }),
    outcome: struct("How it ended.", {
      result: text(
        "`SUCCESS`, `FAILURE`, `ALLOW`, `DENY`, `CHALLENGE`, `SKIPPED`, `UNKNOWN` or another word of Okta's.",
      ),
      reason: text("Why, such as `INVALID_CREDENTIALS`."),
    }),
    target: list(
      "Whom and what it was done to; the first is `target[1]` in SQL.",
      struct("One target.", {
        id: text("Identifier of the target."),
        type: text("Kind of target, such as `User`, `UserGroup` or `AppInstance`."),
        alternateId: text("Second name, such as an email address; Okta also sends the word `unknown`."),
        displayName: text("Name that people see."),
        detailEntry: free("Further details by kind of target."),
        changeDetails: struct("What changed, for the kinds of event that say so.", {
          from: free("Properties before."),
          to: free("Properties after."),
        }),
      }),
    ),
    transaction: struct("The request or background job that the event belongs to.", {
      type: text("`WEB` for a request, `JOB` for a background job."),
      id: text("The same in all events of one request or job."),
      detail: free("Further details, such as the API token used (`requestApiTokenId`)."),
    }),
    debugContext: struct("Details meant for finding faults.", {
      debugData: free("Keys and texts by kind of event; Okta changes them without notice."),
    }),
    securityContext: struct("What is known about the address and the risk of the request.", {
      asNumber: integer("Number of the autonomous system that the request came from."),
      asOrg: text("Organization that runs the autonomous system."),
      isp: text("Internet provider."),
      domain: text("Domain of the address."),
      isProxy: boolean("True when the request came from a known proxy."),
      ipDetails: network,
      risk: struct("How risky Okta held the request to be.", {
        level: text("`LOW`, `MEDIUM` or `HIGH`."),
        previousLevel: text("The user's risk before: `LOW`, `MEDIUM` or `HIGH`."),
        reasons: list("Why.", text("One reason.")),
        issuer: text("Who found the risk."),
        detectionName: text("Name of the detection that found it."),
      }),
      userBehaviors: list(
        "What behavior detection made of the request.",
        struct("One detection.", {
          id: text("Identifier of the detection."),
          name: text("Name that the org gave it."),
          result: text("`POSITIVE`, `NEGATIVE`, `UNKNOWN` or `BAD_REQUEST`."),
        }),
      ),
      botProtection: struct("Whether a bot was at work.", {
        level: text("`NONE`, `LOW`, `MEDIUM` or `HIGH`."),
      }),
    }),
    request: struct("The way that the request took.", {
      ipChain: list(
        "Addresses from the client through its proxies to Okta.",
        struct("One address.", {
          ip: text("The address."),
          version: text("`V4` or `V6`."),
          source: text("Where Okta learned of the address."),
          geographicalContext: place,
          ipDetails: network,
        }),
      ),
    }),
  },
  personal: [
    "actor.alternateId",
    "actor.displayName",
    "actor.detailEntry",
    "client.userAgent",
    "client.userAgent.rawUserAgent",
    "client.ipAddress",
    "client.geographicalContext",
    "client.geographicalContext.city",
    "client.geographicalContext.postalCode",
    "client.geographicalContext.geolocation",
    "device.name",
    "target.alternateId",
    "target.displayName",
    "target.detailEntry",
    "target.changeDetails",
    "transaction.detail",
    "debug_context",
    "debug_context.debugData",
    "request",
    "request.ipChain",
    "request.ipChain.ip",
    "request.ipChain.geographicalContext",
  ],
  modes: ["append", "full_refresh"],
  permission: { scope: "okta.logs.read", role: "Report Administrator" },
  read: { kind: "log", path: "/api/v1/logs", retention_days: 90, pageSize: 1000 },
  neverEmpty: false,
  notes: [
    "An archive: Okta keeps events for 90 days, the table keeps them for good; no refresh removes one.",
    "Okta may record an event minutes after it was published; it is stored with the next sync all the same.",
    "After an outage longer than Okta keeps events, the hole is written to `rollcall.gaps` and said in the run's result.",
  ],
};
