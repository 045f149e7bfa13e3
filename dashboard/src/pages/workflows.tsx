import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import { useWorkflows } from "../api/queries";
import { DeployPanel } from "../components/deploy_panel";
import { UploadIcon } from "../components/icons";
import { Ago } from "../components/moments";
import { Empty, Failed, Loading } from "../components/placeholders";
import { workflowPath } from "../components/run_table";
import { useTitle } from "./use_title";

function WorkflowList({ deploy }: { deploy: () => void }) {
  const query = useWorkflows();
  if (query.isPending) return <Loading what="workflows" lines={8} />;
  if (query.isError && !query.data) {
    return <Failed what="The list of workflows" error={query.error} retry={() => void query.refetch()} />;
  }
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (items.length === 0) {
    return (
      <Empty
        title="No workflows yet"
        action={<Button onClick={deploy}>Deploy the first one</Button>}
      >
        A workflow is a YAML file in the Serverless Workflow language. Paste one, or drop the file.
      </Empty>
    );
  }
  return (
    <div className="table-scroll">
      <table className="data-table" aria-label="Workflows">
        <thead>
          <tr>
            <th scope="col">Workflow</th>
            <th scope="col">Version</th>
            <th scope="col" className="hide-narrow">Title</th>
            <th scope="col" className="hide-narrow">Digest</th>
            <th scope="col">Deployed</th>
            <th scope="col" className="hide-narrow"><span className="visually-hidden">Runs</span></th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={`${item.namespace}/${item.name}/${item.version}`}>
              <td>
                <Link href={workflowPath(item)}>
                  <span className="muted">{item.namespace}/</span>
                  <strong>{item.name}</strong>
                </Link>
              </td>
              <td className="mono">{item.version}</td>
              <td className="hide-narrow">{item.title ?? <span className="muted">–</span>}</td>
              <td className="mono muted hide-narrow" title={item.digest}>
                {item.digest.replace(/^sha256:/, "").slice(0, 10)}
              </td>
              <td className="muted">
                <Ago time={item.created_at} />
              </td>
              <td className="hide-narrow number">
                <Link href={`/runs?workflow=${encodeURIComponent(`${item.namespace}/${item.name}`)}`}>
                  Runs<span className="visually-hidden"> of {item.name}</span>
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {query.hasNextPage && (
        <div className="runs-more">
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Load more
          </Button>
        </div>
      )}
    </div>
  );
}

export function WorkflowsPage() {
  useTitle("Workflows");
  const [deploying, setDeploying] = useState(false);
  return (
    <>
      <div className="page-head">
        <div>
          <h1>Workflows</h1>
          <p>What this server knows how to do</p>
        </div>
        <Button leftSection={<UploadIcon size={13} />} onClick={() => setDeploying(true)}>
          Deploy workflow
        </Button>
      </div>
      <section className="card" aria-label="Deployed workflows">
        <WorkflowList deploy={() => setDeploying(true)} />
      </section>
      {deploying && <DeployPanel close={() => setDeploying(false)} />}
    </>
  );
}
