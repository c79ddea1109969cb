import { app } from '@azure/functions';
import { closeServices } from '../../shared/compose.ts';

app.hook.appTerminate(() => closeServices());
