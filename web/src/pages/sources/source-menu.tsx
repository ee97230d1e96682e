/** What can be done to a whole source. */
import { ActionIcon, Menu } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDots, IconPlayerPause, IconPlayerPlay, IconRefresh, IconTrash } from "@tabler/icons-react";
import { useDo } from "../../parts/ask.ts";
import type { Source } from "../../parts/words.ts";
import { useMay } from "../../shell/may.ts";
import { DeleteSource } from "./delete-source.tsx";

export function SourceMenu({ source }: { readonly source: Source }) {
  const mayEdit = useMay("editor");
  const mayDelete = useMay("admin");
  const [deleting, { open, close }] = useDisclosure(false);
  const sync = useDo("post /api/sources/{id}/sync", `${source.name}: syncing all enabled tables.`);
  const pause = useDo("post /api/sources/{id}/pause", `${source.name} is paused. Its data stays.`);
  const resume = useDo("post /api/sources/{id}/resume", `${source.name} runs by its schedule again.`);
  if (!mayEdit) return null;
  const params = { id: source.id };
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${source.name}`}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconRefresh size={16} aria-hidden />}
            disabled={source.currentRun !== null || source.paused !== null}
            onClick={() => sync.mutate({ params, body: {} })}
          >
            Sync all now
          </Menu.Item>
          {source.paused === null ? (
            <Menu.Item leftSection={<IconPlayerPause size={16} aria-hidden />} onClick={() => pause.mutate({ params })}>
              Pause
            </Menu.Item>
          ) : (
            <Menu.Item leftSection={<IconPlayerPlay size={16} aria-hidden />} onClick={() => resume.mutate({ params })}>
              Resume
            </Menu.Item>
          )}
          {mayDelete ? (
            <Menu.Item c="var(--mantine-color-error)" leftSection={<IconTrash size={16} aria-hidden />} onClick={open}>
              Delete…
            </Menu.Item>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      {deleting ? <DeleteSource source={source} onClose={close} /> : null}
    </>
  );
}
